import CoursesAPI
import JSON
import Kit
import MediaAPI
import TestRoutes
import TestStores
import Testing
@testable import Media

@Suite("Assets")
struct AssetTests {
    @Test("an asset is its owner's alone; to others it is not there")
    func owner() async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            let job = try #require(await bench.lease())
            let answer = await bench.asset(job)
            #expect(answer.status == 200)
            let tag = try #require(answer.header("etag"))
            let again = await bench.service.call("GET", "/v1/assets/\(job.asset)", as: MediaBench.ann, headers: [("if-none-match", tag)])
            #expect(again.status == 304)
            #expect(await bench.asset(job, as: MediaBench.bob).status == 404)
            #expect(await bench.asset(job, as: MediaBench.admin).status == 200)
            #expect(await bench.service.call("GET", "/v1/assets/\(job.asset)").status == 401)
            #expect(await bench.service.call("GET", "/v1/assets/\(AssetID())", as: MediaBench.ann).status == 404)
            #expect(await bench.service.call("GET", "/v1/assets/x", as: MediaBench.ann).status == 404)
        }
    }

    @Test("the assets of a course are listed newest first, page by page, for who uploaded them")
    func list() async throws {
        try await MediaBench.with { bench in
            for _ in 0..<5 { try await bench.queue() }
            let path = "/v1/courses/\(MediaBench.course)/assets"
            var seen: [String] = []
            var target = "\(path)?limit=2"
            for expected in [2, 2, 1] {
                let page = await bench.service.call("GET", target, as: MediaBench.ann)
                let items = page.json["items"]?.arrayValue ?? []
                #expect(items.count == expected)
                seen += items.compactMap { $0["id"]?.stringValue }
                guard let cursor = page.json["nextCursor"]?.stringValue else { break }
                target = "\(path)?limit=2&cursor=\(cursor)"
            }
            #expect(Set(seen).count == 5)
            #expect(seen == seen.sorted(by: >))
            #expect(await bench.service.call("GET", path, as: MediaBench.bob).json["items"]?.arrayValue?.isEmpty == true)
            #expect(await bench.service.call("GET", "/v1/courses/\(CourseID())/assets", as: MediaBench.ann).json["items"]?.arrayValue?.isEmpty == true)
            #expect(await bench.service.call("GET", "\(path)?cursor=x", as: MediaBench.ann).status == 400)
        }
    }
}
