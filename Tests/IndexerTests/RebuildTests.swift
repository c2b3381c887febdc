import Courses
import Kit
import Mongo
import Search
import Testing
@testable import Indexer

@Suite("Rebuild")
struct RebuildTests {
    @Test("A rebuild from nothing makes an index with every published course, and verify says so")
    func fromNothing() async throws {
        try await Workshop.with { shop in
            try await shop.add(120)
            let unlisted = try #require(try await shop.ids().first)
            try await shop.unlist(unlisted)
            #expect(try await shop.verify().isEqual == false)
            let outcome = try await shop.rebuild()
            #expect(outcome.isEqual && outcome.written.written == 120)
            #expect(try await shop.index.count() == 119)
            #expect(try await shop.index.revisions(of: [unlisted.description])[unlisted.description]?.isDeleted == true)
            #expect(try await shop.verify().summary == "120 courses: 0 missing, 0 extra, 0 stale")
        }
    }

    @Test("Changes that come while it loads are in the new index")
    func changesMeanwhile() async throws {
        try await Workshop.with { shop in
            var shop = shop
            try await shop.add(300)
            shop.job.pageSize = 10
            let (here, ids) = (shop, try await shop.ids())
            async let rebuilt = here.rebuild()
            var changes = 0
            while try await here.index.target() == nil, changes < 3000 {
                let id = ids[(changes * 7) % ids.count]
                if changes % 10 == 9 { try await here.unlist(id) } else { try await here.enroll(in: id) }
                changes += 1
            }
            let outcome = try await rebuilt
            #expect(changes > 5 && outcome.isEqual)
            let caughtUp = try await here.sync()
            #expect(try await here.verify().summary == "300 courses: 0 missing, 0 extra, 0 stale", "after \(changes) changes, \(outcome), \(caughtUp)")
        }
    }

    @Test("A course that is removed while it loads is not found afterwards")
    func removedMeanwhile() async throws {
        try await Workshop.with { shop in
            try await shop.add(5)
            let gone = try #require(try await shop.ids().first)
            let token = try await shop.job.source.token()
            _ = try await shop.rebuild()
            try await shop.remove(gone)
            let progress = try await CatchUp(job: shop.job)(from: token) { _ in }
            #expect(progress.changes == 1 && progress.written.written == 1)
            #expect(try await shop.verify().isEqual)
            #expect(try await shop.index.revisions(of: [gone.description])[gone.description]?.isDeleted == true)
        }
    }

    @Test("An index with far fewer courses than the old one is not put in place, unless it is forced")
    func implausible() async throws {
        try await Workshop.with { shop in
            try await shop.add(40)
            _ = try await shop.rebuild()
            let before = try await shop.index.target()
            for id in try await shop.ids().dropLast(20) { try await shop.remove(id) }
            let refused = try await shop.rebuild()
            #expect(refused.isEqual == false && refused.summary.contains("20 courses and the old index 40"))
            #expect(try await shop.index.target() == before)
            #expect(try await shop.index.indexes().count == 1)
            #expect(try await shop.rebuild(force: true).isEqual)
            #expect(try await shop.index.count() == 20)
        }
    }

    @Test("Two old indexes are kept, the one in use among no others; a load that was never finished is removed")
    func pruning() async throws {
        try await Workshop.with { shop in
            try await shop.add(3)
            _ = try await shop.index.create("\(shop.database)-v1-20200101t000000z", forLoading: true)
            for _ in 0..<4 { _ = try await shop.rebuild() }
            let names = try await shop.index.indexes().map(\.text)
            #expect(names.count == 3 && !names.contains { $0.contains("20200101") })
            #expect(try await shop.index.targets() == [try #require(names.last)])
        }
    }

    @Test("An index that an engine made under the alias's own name gives way")
    func indexInTheWay() async throws {
        try await Workshop.with { shop in
            try await shop.add(3)
            _ = try await shop.index.create(shop.database)
            _ = try await shop.rebuild()
            #expect(try await shop.verify().isEqual)
        }
    }

    @Test("A rebuild that is told to stop puts nothing in place and leaves nothing behind")
    func stopped() async throws {
        try await Workshop.with { shop in
            try await shop.add(3)
            shop.job.stop.request()
            await #expect(throws: IndexerError.interrupted) { _ = try await shop.rebuild() }
            #expect(try await shop.index.indexes().isEmpty)
            #expect(try await shop.index.target() == nil)
        }
    }

    @Test("One course in a hundred may differ between MongoDB and the new index", arguments: [
        (100, 100, true), (100, 99, true), (100, 98, false), (0, 0, true), (0, 1, false),
    ])
    func counts(courses: Int, indexed: Int, isPlausible: Bool) {
        #expect((Plausibility(courses: courses, indexed: indexed, before: nil).doubt == nil) == isPlausible)
    }
}
