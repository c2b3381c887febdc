import Events
import Kit
import Loop
import Mongo
import Postgres
import Telemetry
import TestKit

/// What the tests do to a store, whichever it is.
protocol EventStoreBench: Sendable {
    var outbox: any OutboxStore { get }
    /// Appends in one transaction, which fails afterwards when told to.
    func append(_ events: [Event], failing: Bool) async throws
    /// Counts up `subject`'s aggregate and appends an event with the new number, in one transaction.
    func count(_ subject: String) async throws
    /// The effect of an event together with its inbox row; false when it was known.
    func effect(_ event: Event) async throws -> Bool
    /// The effects there are.
    func effects() async throws -> Int
    func unpublished() async throws -> Int
    func stored() async throws -> Int
    func end() async
}

extension EventStoreBench {
    func append(_ events: [Event]) async throws { try await append(events, failing: false) }
}

struct Rollback: Error {}

struct PostgresBench: EventStoreBench {
    let admin: PostgresPool
    let pool: PostgresPool
    let name: String
    var outbox: any OutboxStore { PostgresOutboxStore(pool) }

    static func make(_ stack: TestStack, _ loops: LoopGroup) async throws -> PostgresBench {
        let url = try stack.postgres
        let name = uniqueName("lyceum_test")
        let base = url[..<(url.lastIndex(of: "/") ?? url.endIndex)]
        let log = Log(service: "test", sink: MemorySink())
        let admin = try PostgresPool(url: url, on: loops, log: log)
        try await admin.withConnection(statementTimeout: 0) { try await $0.script("create database \(name)") }
        let pool = try PostgresPool(url: "\(base)/\(name)", on: loops, log: log)
        try await pool.withConnection { session in
            try await session.script(EventTables.postgres)
            try await session.script("create table counters (subject text primary key, value int not null); create table effects (event_id uuid)")
        }
        return PostgresBench(admin: admin, pool: pool, name: name)
    }

    func append(_ events: [Event], failing: Bool) async throws {
        try await pool.withTransaction { transaction in
            try await Outbox.append(events, in: transaction)
            if failing { throw Rollback() }
        }
    }

    func count(_ subject: String) async throws {
        try await pool.withTransaction { transaction in
            let rows = try await transaction.query(Statement("""
                insert into counters values ($1, 1) on conflict (subject) do update set value = counters.value + 1 returning value
                """), [.text(subject)])
            try await Outbox.append(happened(rows.int4(0, 0), to: subject), in: transaction)
        }
    }

    func effect(_ event: Event) async throws -> Bool {
        try await pool.withTransaction { transaction in
            guard try await Inbox.insert(event.id, consumer: "one", in: transaction) else { return false }
            _ = try await transaction.query(Statement("insert into effects values ($1)"), [.uuid(event.id)])
            return true
        }
    }

    func effects() async throws -> Int { try await number("select count(*) from effects") }
    func unpublished() async throws -> Int { try await number("select count(*) from outbox where published_at is null") }
    func stored() async throws -> Int { try await number("select (select count(*) from outbox) + (select count(*) from inbox)") }
    private func number(_ sql: String) async throws -> Int { try await pool.query(Statement(sql)).int8(0, 0) }

    func end() async {
        await pool.close()
        try? await admin.withConnection(statementTimeout: 0) { [name] in try await $0.script("drop database if exists \(name) with (force)") }
        await admin.close()
    }
}

struct MongoBench: EventStoreBench {
    let pool: MongoPool
    let name: String
    let events: MongoOutbox
    let inbox: MongoInbox
    var outbox: any OutboxStore { MongoOutboxStore(pool, database: name) }

    static func make(_ stack: TestStack) async throws -> MongoBench {
        let pool = try MongoPool(uri: try stack.patientMongo, threads: 6)
        let name = uniqueName("lyceum_test")
        let bench = MongoBench(pool: pool, name: name, events: MongoOutbox(pool, database: name), inbox: MongoInbox(pool, database: name))
        try await bench.events.prepare()
        try await bench.inbox.prepare()
        for collection in ["counters", "effects"] { try await pool.collection(name, collection).create() }
        return bench
    }

    func append(_ events: [Event], failing: Bool) async throws {
        try await pool.withTransaction { [events = self.events, all = events] session in
            try events.append(all, in: session)
            if failing { throw Rollback() }
        }
    }

    func count(_ subject: String) async throws {
        let counters = pool.collection(name, "counters")
        let events = events
        while true {
            do {
                return try await pool.withTransaction { session in
                    let made = MongoFindAndUpdate(upsert: true)
                    let counter = try session.findOneAndUpdate(in: counters, ["_id": .string(subject)], ["$inc": ["value": 1]], made)
                    try events.append(happened(try counter?.int("value") ?? 0, to: subject), in: session)
                }
            } catch let error as MongoError where error.isRetriable {
                // Two writers of one subject: the test wants as many as it asked for.
            }
        }
    }

    func effect(_ event: Event) async throws -> Bool {
        let (effects, inbox) = (pool.collection(name, "effects"), inbox)
        return try await pool.withTransaction { session in
            guard try inbox.insert(event.id, consumer: "one", in: session) else { return false }
            try session.insertOne(["event": .string(event.id.description)], into: effects)
            return true
        }
    }

    func effects() async throws -> Int { try await pool.collection(name, "effects").count() }
    func unpublished() async throws -> Int { try await pool.collection(name, "outbox").count(["publishedAt": .null]) }
    func stored() async throws -> Int { try await pool.collection(name, "outbox").count() + pool.collection(name, "inbox").count() }

    func end() async {
        try? await pool.dropDatabase(name)
        await pool.close()
    }
}
