import Loop
import Mongo
import TestKit
import Testing

@Suite(.serialized) struct MongoHandOverTests {
    private struct Known {
        var acknowledged: Set<String> = []
        var isOver = false
        var strange: [MongoError] = []
    }

    @Test("when the primary hands over to another member under writes, what was acknowledged is there once, no transaction is half, and changes go on")
    func handOver() async throws {
        let mongo = try OwnMongo(members: 2)
        let servers = try [mongo.start(member: 0), mongo.start(member: 1)]
        try await mongo.initiate()
        var configuration = MongoConfiguration(uri: mongo.uri, threads: 6)
        configuration.serverSelectionMilliseconds = 30_000
        configuration.waitMilliseconds = 60_000
        let pool = try MongoPool(configuration)
        let things = pool.collection("test", "things"), pairs = pool.collection("test", "pairs")
        try await things.create()
        try await pairs.create()
        let start = try await things.changes(MongoWatch(waitMilliseconds: 0)).token
        let before = try await primary(pool), known = Locked(Known())

        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<3 { group.addTask { await write(writer, things, known) } }
            group.addTask { await writePairs(pool, pairs, known) }
            #expect(await eventually(within: .seconds(60)) { known.withLock { $0.acknowledged.count } > 30 })
            // Not forced: the other member catches up and is elected.
            _ = try? await pool.runCommand(["replSetStepDown": 60], on: "admin")
            #expect(await eventually(within: .seconds(60)) { (try? await primary(pool)).map { $0 != before } == true })
            let count = known.withLock { $0.acknowledged.count }
            #expect(await eventually(within: .seconds(60)) { known.withLock { $0.acknowledged.count } > count + 30 })
            known.withLock { $0.isOver = true }
            try await group.waitForAll()
        }
        #expect(known.withLock { $0.strange } == [])
        let kept = Set(try await things.find([:], MongoFind(limit: 100_000)).items.map { try $0.string("_id") })
        #expect(known.withLock { $0.acknowledged }.isSubset(of: kept), "a write that was acknowledged is lost")
        let halves = try await pairs.aggregate([["$group": ["_id": "$n", "count": ["$sum": 1]]], ["$match": ["count": ["$ne": 2]]]])
        #expect(halves.items == [])
        #expect(try await pairs.count() > 0)
        // The token of the old primary is good at the new one, and each write is told once.
        var told: [String] = [], token = start
        while told.count < kept.count {
            let changes = try await things.changes(MongoWatch(after: token))
            guard !changes.events.isEmpty else { break }
            told += changes.events.compactMap(\.id?.stringValue)
            token = changes.token
        }
        #expect(told.count == kept.count && Set(told) == kept)
        await pool.close()
        for server in servers { server.end() }
    }

    private func primary(_ pool: MongoPool) async throws -> String { try await pool.runCommand(["hello": 1], on: "admin").string("primary") }

    private func write(_ writer: Int, _ things: MongoCollection, _ known: Locked<Known>) async {
        for number in 0... {
            if known.withLock({ $0.isOver }) { return }
            let id = "\(writer)-\(number)"
            do {
                try await things.insertOne(["_id": .string(id)])
                known.withLock { _ = $0.acknowledged.insert(id) }
            } catch { note(error, known) }
        }
    }

    private func writePairs(_ pool: MongoPool, _ pairs: MongoCollection, _ known: Locked<Known>) async {
        for number in 0... {
            if known.withLock({ $0.isOver }) { return }
            do {
                try await pool.withTransaction { session in
                    for half in ["a", "b"] { try session.insertOne(["_id": .string("\(number)\(half)"), "n": .int(number)], into: pairs) }
                }
            } catch { note(error, known) }
        }
    }

    /// A write that fails as the primary goes is one that may be tried again; anything else is a mistake.
    private func note(_ error: any Error, _ known: Locked<Known>) {
        guard let error = error as? MongoError else {
            Issue.record(error)
            return
        }
        if !error.isRetriable { known.withLock { $0.strange.append(error) } }
    }
}
