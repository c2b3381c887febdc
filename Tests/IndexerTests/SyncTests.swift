import Kit
import Mongo
import Search
import Telemetry
import Testing
@testable import Courses
@testable import Indexer

@Suite("Sync")
struct SyncTests {
    @Test("It finds nothing to do when the events of all changes were applied, and sends nothing")
    func nothingToDo() async throws {
        try await Workshop.with { shop in
            try await shop.add(20)
            _ = try await shop.rebuild()
            let id = try #require(try await shop.ids().first)
            try await shop.enroll(in: id)
            // What the search service does with the event.
            let listing = try #require(try await shop.job.source.listings(of: [id]).first)
            #expect(try await shop.index.write([IndexedCourse(listing)]).written == 1)
            let outcome = try await shop.sync()
            #expect(outcome.summary == "nothing to do (1 changes read)" && outcome.written.requests == 0)
            #expect(try await shop.sync().read == 0)
        }
    }

    @Test("An edit of a draft is nothing to the index")
    func drafts() async throws {
        try await Workshop.with { shop in
            try await shop.add(2)
            _ = try await shop.rebuild()
            let id = try #require(try await shop.ids().first)
            let course = try #require(try await shop.store.course(id))
            var draft = course.draft
            draft.title = "Another"
            #expect(try await shop.store.replaceDraft(of: course, with: draft, at: .now) != nil)
            let outcome = try await shop.sync()
            #expect(outcome.read == 1 && outcome.written.requests == 0)
            #expect(try await shop.verify().isEqual)
        }
    }

    @Test("It brings what no event brought: changes, new courses, removed ones")
    func lostEvents() async throws {
        try await Workshop.with { shop in
            try await shop.add(20)
            _ = try await shop.rebuild()
            let ids = try await shop.ids()
            for _ in 0..<3 { try await shop.enroll(in: ids[0]) }
            try await shop.unlist(ids[1])
            try await shop.remove(ids[2])
            try await shop.add(1)
            let outcome = try await shop.sync()
            #expect(outcome.written.written == 4 && outcome.written.requests == 1)
            #expect(try await shop.verify().isEqual)
            #expect(try await shop.sync().summary == "nothing to do (0 changes read)")
        }
    }

    @Test("Without a checkpoint, with one that MongoDB does not know, or on another index, everything is compared once")
    func comparison() async throws {
        try await Workshop.with { shop in
            try await shop.add(10)
            try await shop.index.ensure()
            #expect(try await shop.sync().summary.hasPrefix("compared all 10 courses, since it is the first run: 10 missing"))
            #expect(try await shop.verify().isEqual)
            // An event of another collection: MongoDB does not find it among those of the courses.
            let begin = try await shop.collection("versions").changes(MongoWatch(limit: 0, waitMilliseconds: 0)).token
            try await shop.add(1)
            let strange = try #require(try await shop.collection("versions").changes(MongoWatch(after: begin)).events.first?.token)
            try await shop.enroll(in: try #require(try await shop.ids().first))
            try await shop.collection("indexer_checkpoints").updateOne([:], ["$set": ["token": .document(strange)]])
            #expect(try await shop.sync().summary.contains("since MongoDB does not know back to the last run: 1 missing, 0 extra, 1 stale"))
            let old = try #require(try await shop.index.target())
            try await shop.index.delete(old.name)
            try await shop.index.ensure()
            #expect(try await shop.sync().summary.contains("since the index is another one: 11 missing"))
            #expect(try await shop.verify().isEqual)
            #expect(try await shop.sync().summary == "nothing to do (0 changes read)")
        }
    }

    @Test("Without an index it rebuilds")
    func dropped() async throws {
        try await Workshop.with { shop in
            try await shop.add(10)
            _ = try await shop.rebuild()
            for name in try await shop.index.targets() { try await shop.index.delete(name) }
            #expect(try await shop.sync().summary.hasPrefix("there was no index; 10 courses in"))
            #expect(try await shop.verify().isEqual)
        }
    }

    @Test("Told to stop it ends behind a batch, and the next run goes on there")
    func stopped() async throws {
        try await Workshop.with { shop in
            try await shop.add(3)
            _ = try await shop.rebuild()
            try await shop.add(1200)
            let checkpoint = try #require(try await shop.job.state.checkpoint())
            let first = try await CatchUp(job: shop.job)(from: checkpoint.token) { token in
                try await shop.job.state.save(Checkpoint(token: token, target: checkpoint.target), fence: 100)
                shop.job.stop.request()
            }
            #expect(first.isInterrupted && first.changes == 500)
            var next = shop
            next.job = IndexJob(source: shop.job.source, index: shop.index, state: shop.job.state)
            let after = try #require(try await next.job.state.checkpoint())
            let rest = try await CatchUp(job: next.job)(from: after.token) { _ in }
            #expect(rest.changes == 700 && !rest.isInterrupted)
            #expect(try await next.verify().isEqual)
        }
    }

    @Test("Of two indexers at once one works, the other says so and does nothing")
    func twoAtOnce() async throws {
        try await Workshop.with { shop in
            try await shop.add(3)
            let outcome = try await shop.job.underLease { _ in
                let other = try await shop.rebuild()
                #expect(other.summary.contains("another indexer is at work") && other.isEqual)
                return Outcome(summary: "first")
            }
            #expect(outcome.summary == "first")
            #expect(try await shop.index.target() == nil)
            #expect(try await shop.rebuild().written.written == 3)
        }
    }

    @Test("Who lost the lease is cancelled, and cannot keep a checkpoint")
    func leaseLost() async throws {
        try await Workshop.with { shop in
            var shop = shop
            shop.job.leaseMilliseconds = 300
            let here = shop
            try await here.add(1)
            _ = try await here.rebuild()
            let checkpoint = try #require(try await here.job.state.checkpoint())
            await #expect(throws: IndexerError.leaseLost) {
                _ = try await here.job.underLease { lease in
                    try await here.collection("indexer_leases").updateOne([:], ["$inc": ["fence": 1]])
                    try await here.job.state.save(checkpoint, fence: lease.fence + 1)
                    do {
                        try await here.job.state.save(checkpoint, fence: lease.fence)
                        Issue.record("an older fence may not save")
                    } catch IndexerError.leaseLost {}
                    try await Task.sleep(for: .seconds(20))
                    return Outcome(summary: "still here")
                }
            }
        }
    }
}
