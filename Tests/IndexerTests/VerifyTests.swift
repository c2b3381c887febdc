import Courses
import CoursesAPI
import Kit
import Mongo
import Search
import Testing
@testable import Indexer

@Suite("Verify")
struct VerifyTests {
    @Test("It finds every planted difference, and repair mends what can be mended")
    func planted() async throws {
        try await Workshop.with { shop in
            try await shop.add(60)
            _ = try await shop.rebuild()
            let ids = try await shop.ids()
            // Missing: new in MongoDB. Extra: gone from MongoDB, or never there. Stale: changed since, or hidden.
            try await shop.add(3)
            for id in ids[0..<4] { try await shop.remove(id) }
            let strange = try #require(try await shop.job.source.listings(of: [ids[10]]).first.map { listing in
                var listing = listing
                listing.courseID = CourseID()
                return listing
            })
            _ = try await shop.index.write([IndexedCourse(strange)])
            for id in ids[20..<25] { try await shop.enroll(in: id) }
            try await shop.unlist(ids[30])
            let found = try await shop.verify()
            #expect(found.isEqual == false && found.summary == "59 courses: 3 missing, 5 extra, 6 stale")
            let repaired = try await shop.verify(repair: true)
            #expect(repaired.isEqual && repaired.summary == "59 courses: 0 missing, 0 extra, 0 stale, 14 mended")
            #expect(try await shop.index.count() == 58)
        }
    }

    @Test("A course that is hidden in the index though its revision is right is mended too")
    func hidden() async throws {
        try await Workshop.with { shop in
            try await shop.add(3)
            _ = try await shop.rebuild()
            let id = try #require(try await shop.ids().first)
            _ = try await shop.index.write([IndexedDocument(markOf: id.description, version: 1)], over: .newerOrSame)
            #expect(try await shop.verify().summary == "3 courses: 0 missing, 0 extra, 1 stale")
            #expect(try await shop.verify(repair: true).isEqual)
            #expect(try await shop.index.count() == 3)
        }
    }

    @Test("An index that is ahead of MongoDB is called so, and a rebuild mends it")
    func ahead() async throws {
        try await Workshop.with { shop in
            try await shop.add(3)
            _ = try await shop.rebuild()
            let id = try #require(try await shop.ids().first)
            _ = try await shop.index.write([IndexedDocument(markOf: id.description, version: 9)])
            #expect(try await shop.verify(repair: true).summary == "3 courses: 0 missing, 0 extra, 0 stale, 1 ahead, 0 mended")
            _ = try await shop.rebuild()
            #expect(try await shop.verify().isEqual)
        }
    }

    @Test("What comes into the index a moment later is no difference")
    func onTheWay() async throws {
        try await Workshop.with { shop in
            try await shop.add(3)
            _ = try await shop.rebuild()
            let id = try #require(try await shop.ids().first)
            try await shop.enroll(in: id)
            var verify = Verify(job: shop.job, mends: false)
            verify.looks = 1
            verify.pause = { _ = try await shop.sync() }
            #expect(try await verify().isEqual)
        }
    }

    @Test("Both sides are read to their ends when one is much longer, whatever the page")
    func pages() async throws {
        try await Workshop.with { shop in
            try await shop.add(25)
            try await shop.index.ensure()
            var missing: [Difference] = []
            var comparison = Comparison(job: shop.job)
            comparison.pageSize = 4
            #expect(try await comparison.differences { missing += $0 } == 25)
            #expect(missing.map(\.id) == (try await shop.ids()).map(\.description) && missing.allSatisfy { $0.kind == .missing })
            _ = try await Mend(job: shop.job)(missing)
            for id in try await shop.ids() { try await shop.remove(id) }
            var extra: [Difference] = []
            #expect(try await comparison.differences { extra += $0 } == 0)
            #expect(extra.count == 25 && extra.allSatisfy { $0.kind == .extra && $0.indexed == 1 })
        }
    }
}
