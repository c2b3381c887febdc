import CoursesAPI
import EnrollmentsAPI
import JSON
import Kit
import Loop
import MediaAPI
import Mongo
import Stores
import Telemetry
import TestRoutes
import TestStores
import Testing
@testable import Courses

@Suite("What courses hear from others")
struct CourseEventsTests {
    static func store(_ service: TestService) throws -> MongoCourseStore {
        MongoCourseStore(try service.context.mongo(), database: try service.context.configuration.string("MONGO_DATABASE"), nudge: {})
    }

    @Test("a stream is attached to its lecture; an older upload does not replace a later one; an event counts once")
    func attach() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, etag) = try await service.draft(by: author)
            let section = try #require(await service.call("GET", "/v1/courses/\(id)/draft", as: author).json["sections"]?[0]?["id"]?.stringValue)
            let added = await service.edit("POST", "/v1/courses/\(id)/draft/sections/\(section)/lectures", author, etag, ["kind": "video", "title": "Film"])
            let lecture = try #require(added.json["sections"]?[0]?["lectures"]?[1]?["id"]?.stringValue)
            let store = try Self.store(service)
            let attach = AttachMedia(store: store, clock: .system)
            let (older, newer) = (AssetID(), AssetID())
            func subject(_ asset: AssetID) -> AssetSubject { AssetSubject(assetID: asset, courseID: id, lectureID: lecture, ownerID: author.userID!) }
            let stream = MediaStream(path: "streams/a/b", durationMs: 5000, width: 640, height: 360, bytes: 9, renditions: [
                Rendition(name: "v360", codec: "avc1.64001e", width: 640, height: 360, bitrate: 9, bytes: 9),
            ])
            let ready = Event(MediaReady(asset: subject(newer), stream: stream))
            let late = Event(MediaRefused(asset: subject(older), reason: "empty", detail: "The file is empty."))
            try await service.context.loops.run {
                try await attach(ready)
                try await attach(ready)
                try await attach(late)
            }
            let draft = await service.call("GET", "/v1/courses/\(id)/draft", as: author).json
            let asset = draft["sections"]?[0]?["lectures"]?[1]?["asset"]
            #expect(asset?["state"]?.stringValue == "ready")
            #expect(asset?["durationMs"]?.intValue == 5000)
            let playable = await service.callInternal("GET", "/internal/v1/lectures/\(lecture)", as: Principal(kind: .service("delivery")))
            #expect(playable.json["streamPath"]?.stringValue == "streams/a/b")
            #expect(playable.json["isLive"]?.boolValue == false)
            await store.pool.close()
        }
    }

    @Test("students are counted once an event; the count is told at once, and then when it has been quiet for a while")
    func count() async throws {
        try await TestService.with(CoursesService.self, transport: services) { service async throws in
            let author = instructor()
            let (id, etag) = try await service.draft(by: author)
            #expect(await service.edit("POST", "/v1/courses/\(id)/publish", author, etag).status == 200)
            let store = try Self.store(service)
            let count = CountEnrollment(store: store, clock: .system, forget: { _ in })
            let granted = (0..<3).map { _ in Event(EnrollmentGranted(userID: UserID(), courseID: id, courseTitle: "", grantKind: "free", isFirst: true)) }
            try await service.context.loops.run { for event in granted + granted { try await count(event) } }
            func told(_ field: String) async throws -> [Int] { try await service.told(CourseUpdated.eventType).compactMap { $0["data"]?[field]?.intValue } }
            #expect(try await told("enrolledCount") == [1])
            let later = Timestamp.now.adding(seconds: CountEnrollment.quietSeconds + 1)
            let tells = try await service.context.loops.run {
                [try await store.tellCounts(limit: 10, at: .now), try await store.tellCounts(limit: 10, at: later), try await store.tellCounts(limit: 10, at: later)]
            }
            #expect(tells.map { $0.map(\.description) } == [[], [id], []])
            #expect(try await told("enrolledCount") == [1, 3])
            // What comes later is newer: an index never goes back.
            let revisions = try await told("revision")
            #expect(revisions == revisions.sorted() && Set(revisions).count == 2)
            #expect(await service.call("GET", "/v1/courses/\(id)").json["enrolledCount"]?.intValue == 3)
            await store.pool.close()
        }
    }
}
