import Glibc
import Loop
import Mongo
import TestKit
import Testing

@Suite(.serialized) struct MongoFailureTests {
    private func pool(_ mongo: OwnMongo, threads: Int = 2, _ change: (inout MongoConfiguration) -> Void = { _ in }) throws -> MongoPool {
        var configuration = MongoConfiguration(uri: mongo.uri, threads: threads)
        configuration.serverSelectionMilliseconds = 1000
        change(&configuration)
        return try MongoPool(configuration)
    }

    /// How long `body` took, and what it threw.
    private func failure(_ body: () async throws -> Void) async -> (error: MongoError?, seconds: Double) {
        let begun = ContinuousClock.now
        var error: MongoError?
        do { try await body() } catch let thrown as MongoError { error = thrown } catch { Issue.record(error) }
        return (error, (ContinuousClock.now - begun) / .seconds(1))
    }

    @Test("a stopped server is an error within the selection time, then at once, and it is found again without a restart of ours")
    func stopAndRestart() async throws {
        let mongo = try OwnMongo()
        var server = try mongo.start()
        try await mongo.initiate()
        let pool = try pool(mongo)
        let things = pool.collection("test", "things")
        try await things.insertOne(["_id": 1])
        server.end(SIGTERM)

        let first = await failure { try await things.insertOne(["_id": 2]) }
        #expect(first.error?.kind == .connection)
        #expect(first.seconds < 10)
        // One of them looks for the server, the others are told at once.
        let begun = ContinuousClock.now
        let failed = await withTaskGroup(of: (error: MongoError?, seconds: Double).self) { group in
            for id in 0..<40 { group.addTask { await failure { try await things.insertOne(["_id": .int(100 + id)]) } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(failed.allSatisfy { $0.error?.kind == .connection && $0.error?.isRetriable == true })
        #expect(failed.count { $0.seconds < 0.5 } >= 38)
        #expect((ContinuousClock.now - begun) / .seconds(1) < 10)

        server = try mongo.start()
        let isBack = await eventually(within: .seconds(30)) { (try? await things.count()) == 1 }
        #expect(isBack)
        try await things.insertOne(["_id": 3])
        #expect(try await things.count() == 2)
        await pool.close()
        let closed = await failure { try await things.insertOne(["_id": 4]) }
        #expect(closed.error?.kind == .closed)
    }

    @Test("a server that hangs is a timeout, and goes on when it does")
    func hang() async throws {
        let mongo = try OwnMongo()
        let server = try mongo.start()
        try await mongo.initiate()
        let pool = try pool(mongo) { $0.socketMilliseconds = 700 }
        let things = pool.collection("test", "things")
        try await things.insertOne(["_id": 1])
        server.pause()
        let hung = await failure { _ = try await things.count() }
        #expect([.timeout, .connection].contains(hung.error?.kind))
        #expect((0.5...4).contains(hung.seconds))
        server.resume()
        let isBack = await eventually(within: .seconds(20)) { (try? await things.count()) == 1 }
        #expect(isBack)
        await pool.close()
    }

    @Test("a server that dies within a transaction leaves nothing of it")
    func dyingTransaction() async throws {
        let mongo = try OwnMongo()
        var server = try mongo.start()
        try await mongo.initiate()
        let pool = try pool(mongo)
        let things = pool.collection("test", "things")
        try await things.create()
        let victim = server.id
        let failed = await failure {
            try await pool.withTransaction { session in
                try session.insertOne(["_id": 1], into: things)
                kill(victim, SIGKILL)
                try session.insertOne(["_id": 2], into: things)
            }
        }
        #expect(failed.error?.kind == .connection)
        #expect(failed.seconds < 10)
        server.end()
        server = try mongo.start()
        let isEmpty = await eventually(within: .seconds(30)) { (try? await things.count()) == 0 }
        #expect(isEmpty)
        try await pool.withTransaction { session in try session.insertOne(["_id": 1], into: things) }
        #expect(try await things.count() == 1)
        await pool.close()
    }

    @Test("a write during a change of the primary waits for the next one and is made once")
    func stepDown() async throws {
        let mongo = try OwnMongo()
        let server = try mongo.start()
        try await mongo.initiate()
        let pool = try pool(mongo) { $0.serverSelectionMilliseconds = 15_000 }
        let things = pool.collection("test", "things")
        try await things.insertOne(["_id": 1, "n": 0])
        _ = try await pool.runCommand(["replSetStepDown": 1, "force": true], on: "admin")
        try await things.updateOne(["_id": 1], ["$inc": ["n": 1]])
        #expect(try await things.findOne(["_id": 1])?.int("n") == 1)
        await pool.close()
        server.end()
    }

    @Test("a token from before what the server remembers is lost history")
    func historyLost() async throws {
        let mongo = try OwnMongo()
        let server = try mongo.start()
        try await mongo.initiate()
        let pool = try pool(mongo)
        let things = pool.collection("test", "things")
        try await things.create()
        try await things.insertOne(["_id": "first"])
        let token = try await things.changes(MongoWatch(startAt: 1 << 32)).token
        let text = String(repeating: "x", count: 200_000)
        var batch = 0
        let isLost = try await eventually(within: .seconds(60)) {
            // The oplog holds 16 MB, and is cut when a piece of it is full and the next checkpoint comes.
            try await things.insertMany((0..<40).map { ["_id": .string("\(batch)-\($0)"), "text": .string(text)] }).requireAll()
            batch += 1
            do { _ = try await things.changes(MongoWatch(after: token, limit: 1)) } catch let error as MongoError where error.kind == .historyLost {
                #expect(error.code == 286)
                #expect(!error.isRetriable)
                return true
            }
            return false
        }
        #expect(isLost)
        let now = try await things.changes(MongoWatch(waitMilliseconds: 0))
        #expect(now.events.isEmpty && !now.token.isEmpty)
        await pool.close()
        server.end()
    }
}
