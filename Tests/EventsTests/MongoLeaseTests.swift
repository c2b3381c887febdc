import Events
import Kit
import Loop
import Mongo
import Telemetry
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))   // each makes quorum queues and databases: many at once are slower than one after the other
struct MongoLeaseTests {
    @Test("a lease that is not renewed passes to another, and its old holder can do nothing more")
    func expiry() async throws {
        try await EventBench.with(.mongo) { bench in
            let mongo = try #require(bench.store as? MongoBench)
            let store = MongoOutboxStore(mongo.pool, database: mongo.name, leaseMilliseconds: 200)
            try await mongo.append([happened(1)])
            let isLost = Locked(false)
            let ledFirst = try await store.lead { old in
                let rows = try await old.unpublished(limit: 10)
                #expect(rows.count == 1)
                // Silent for longer than its term, as a process that was stopped.
                let ledSecond = try await eventually {
                    try await store.lead { new in
                        let same = try await new.unpublished(limit: 10)
                        #expect(same == rows)
                    }
                }
                #expect(ledSecond)
                do { _ = try await old.unpublished(limit: 10) } catch { isLost.withLock { $0 = true } }
            }
            let wasTold = isLost.withLock { $0 }
            #expect(ledFirst && wasTold)
        }
    }

    @Test("while a lease is held nobody else leads")
    func held() async throws {
        try await EventBench.with(.mongo) { bench in
            let mongo = try #require(bench.store as? MongoBench)
            let store = MongoOutboxStore(mongo.pool, database: mongo.name)
            _ = try await store.lead { _ in
                let ledToo = try await store.lead { _ in Issue.record("two lead") }
                #expect(!ledToo)
            }
            let ledAfter = try await store.lead { _ in }
            #expect(ledAfter)
        }
    }

    @Test("positions of a subject grow even when the clock of the machine goes back")
    func clock() async throws {
        try await EventBench.with(.mongo) { bench in
            let mongo = try #require(bench.store as? MongoBench)
            for seconds in [1_000, 2_000, 500] {
                let outbox = MongoOutbox(mongo.pool, database: mongo.name, clock: .fixed(.init(microseconds: Int64(seconds) * 1_000_000)))
                try await mongo.pool.withTransaction { try outbox.append([happened(seconds), happened(seconds + 1)], in: $0) }
            }
            _ = try await MongoOutboxStore(mongo.pool, database: mongo.name).lead { lease in
                let rows = try await lease.unpublished(limit: 10)
                let numbers = try rows.map { try Event(decoding: $0.payload).number }
                #expect(numbers == [1_000, 1_001, 2_000, 2_001, 500, 501])
            }
        }
    }
}
