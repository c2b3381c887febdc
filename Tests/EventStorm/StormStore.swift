import Events
import Glibc
import Kit
import Mongo
import Postgres

/// A store in which changes are made with their events, each change once however often it is asked for.
protocol StormStore: Sendable {
    var outbox: any OutboxStore { get }
    /// Counts the subject up and appends the event of it, in one transaction; false, and nothing, when this change was made before.
    func change(_ number: Int, of subject: String) async throws -> Bool
}

struct PostgresStorm: StormStore {
    static let tables = EventTables.postgres + """

        create table changes (number int primary key);
        create table subjects (subject text primary key, revision int not null);
        create table effects (position bigint generated always as identity primary key, consumer text not null, subject text not null,
                              revision int not null);
        """
    private static let remember = Statement("insert into changes values ($1) on conflict do nothing")
    private static let count = Statement("""
        insert into subjects values ($1, 1) on conflict (subject) do update set revision = subjects.revision + 1 returning revision
        """)
    private static let effect = Statement("insert into effects (consumer, subject, revision) values ($1, $2, $3)")
    /// Time within the transaction in which a kill may come.
    private static let pause = Statement("select pg_sleep(0.002)")

    let pool: PostgresPool
    var outbox: any OutboxStore { PostgresOutboxStore(pool) }

    func prepare() async throws { try await pool.withConnection { try await $0.script(Self.tables) } }

    func change(_ number: Int, of subject: String) async throws -> Bool {
        try await pool.withTransaction { transaction in
            guard try await transaction.query(Self.remember, [.int(number)]).affected == 1 else { return false }
            let revision = try await transaction.query(Self.count, [.text(subject)]).int4(0, 0)
            try await Outbox.append(Event(StormChange(subject: subject, revision: revision)), in: transaction)
            _ = try await transaction.query(Self.pause)
            return true
        }
    }

    /// The effect of those that this consumer has not dealt with: a row each, which nothing keeps from being there twice but the inbox.
    func apply(_ events: [Event], consumer: String) async throws {
        let pool = pool
        try await pool.withTransaction { transaction in
            for event in try await Inbox.insert(events, consumer: consumer, in: transaction) {
                let change = try event.facts(StormChange.self)
                _ = try await transaction.query(Self.effect, [.text(consumer), .text(change.subject), .int(change.revision)])
            }
            _ = try await transaction.query(Self.pause)
        }
    }
}

struct MongoStorm: StormStore {
    let pool: MongoPool
    let database: String
    var outbox: any OutboxStore { MongoOutboxStore(pool, database: database) }
    private var events: MongoOutbox { MongoOutbox(pool, database: database) }
    private var inbox: MongoInbox { MongoInbox(pool, database: database) }

    func prepare() async throws {
        try await events.prepare()
        try await inbox.prepare()
        for name in ["changes", "subjects", "effects"] { try await pool.collection(database, name).create() }
    }

    func change(_ number: Int, of subject: String) async throws -> Bool {
        let (changes, subjects, events) = (pool.collection(database, "changes"), pool.collection(database, "subjects"), events)
        return try await pool.withTransaction { session in
            guard try session.findOne(in: changes, ["_id": .int(number)]) == nil else { return false }
            try session.insertOne(["_id": .int(number)], into: changes)
            let counted = try session.findOneAndUpdate(
                in: subjects, ["_id": .string(subject)], ["$inc": ["revision": 1]], MongoFindAndUpdate(upsert: true))
            try events.append(Event(StormChange(subject: subject, revision: try counted?.int("revision") ?? 0)), in: session)
            return true
        }
    }

    /// The effect: a subject's list grows by the revision, in the order in which they come.
    func apply(_ event: Event, consumer: String) async throws {
        let (effects, inbox, change) = (pool.collection(database, "effects"), inbox, try event.facts(StormChange.self))
        try await pool.withTransaction { session in
            guard try inbox.insert(event.id, consumer: consumer, in: session) else { return }
            let push: BSONDocument = ["$push": ["revisions": .int(change.revision)]]
            try session.updateOne(in: effects, ["_id": .string(change.subject)], push, MongoUpdateOptions(upsert: true))
            usleep(2_000)
        }
    }
}
