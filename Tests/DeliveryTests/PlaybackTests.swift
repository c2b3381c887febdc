import CoursesAPI
import HTTP
import JSON
import Kit
import Loop
import Testing
import TestRoutes
import TestStores
@testable import Delivery

@Suite("Asking for playback")
struct PlaybackTests {
    /// A lecture as the courses service tells of it, and what the enrollments service says.
    private struct Lecture: Sendable {
        var isThere = true
        var isLive = true
        var isPreview = false
        var kind = "video"
        var stream: String? = "streams/\(TestDelivery.asset)/\(TestDelivery.hash)"
        var granted = false
        var position: Int? = 42
        let instructor = UserID()
        let course = CourseID()
        let id = LectureID()

        var services: AnsweringServices {
            AnsweringServices { call in
                if call.service == "courses" {
                    guard isThere else { return ServiceAnswer(status: 404) }
                    let stream: JSONValue = stream.map { .string($0) } ?? .null
                    return ServiceAnswer(status: 200, body: [
                        "courseId": .string(course.description), "kind": .string(kind), "isLive": .bool(isLive), "isPreview": .bool(isPreview),
                        "instructorIds": [.string(instructor.description)], "streamPath": stream, "durationMs": 60_000,
                    ])
                }
                if call.path.hasSuffix("/access") { return ServiceAnswer(status: 200, body: ["granted": .bool(granted)]) }
                guard let position else { return ServiceAnswer(status: 503) }
                return ServiceAnswer(status: 200, body: ["positionSeconds": .int(position)])
            }
        }
    }

    private func ask(_ lecture: Lecture, as principal: Principal?) async throws -> RouteCaller.Answer {
        try await TestDelivery(lecture.services).call("POST", "/v1/lectures/\(lecture.id)/playback", as: principal)
    }

    private let student = Principal(kind: .user(UserID()), roles: [.student])
    private let admin = Principal(kind: .user(UserID()), roles: [.admin])

    @Test("a grant opens a lecture where the student stopped, with a path that the origin takes")
    func granted() async throws {
        var lecture = Lecture()
        lecture.granted = true
        let delivery = try TestDelivery(lecture.services)
        try delivery.put("#EXTM3U\n", as: "master.m3u8")
        let answer = await delivery.call("POST", "/v1/lectures/\(lecture.id)/playback", as: student)
        #expect(answer.status == 200)
        #expect(answer.header("cache-control") == "no-store")
        #expect(answer.json["position"]?.intValue == 42)
        let url = try #require(answer.json["manifests"]?["hls"]?.stringValue)
        #expect(url.hasPrefix("http://edge.test/s/") && url.hasSuffix("/\(TestDelivery.asset)/\(TestDelivery.hash)/master.m3u8"))
        #expect(answer.json["poster"]?.stringValue == url.replacing("master.m3u8", with: "poster.jpg"))
        let path = String(url.dropFirst("http://edge.test".count))
        #expect(sent(await delivery.call("GET", path)) == "#EXTM3U\n")
        delivery.advance(seconds: StartPlayback.lifetimeSeconds)
        #expect(await delivery.call("GET", path).status == 403)
        let again = await delivery.call("POST", "/v1/lectures/\(lecture.id)/playback", as: student)
        #expect(again.json["manifests"]?["hls"]?.stringValue != url)
    }

    @Test("without a grant a lecture is closed: 401 for visitors, 403 for others")
    func closed() async throws {
        let lecture = Lecture()
        #expect(try await ask(lecture, as: nil).status == 401)
        #expect(try await ask(lecture, as: student).status == 403)
        #expect(try await ask(lecture, as: Principal(kind: .user(UserID()), roles: [.student, .instructor])).status == 403)
        #expect(try await ask(lecture, as: Principal(kind: .user(lecture.instructor), roles: [.instructor])).status == 200)
        #expect(try await ask(lecture, as: admin).status == 200)
    }

    @Test("a preview is open to all, from its beginning for who is not signed in")
    func preview() async throws {
        var lecture = Lecture()
        lecture.isPreview = true
        #expect(try await ask(lecture, as: nil).json["position"]?.intValue == 0)
        #expect(try await ask(lecture, as: student).status == 200)
    }

    @Test("a lecture that is not live is unknown to all but its instructors and admins, preview or not, granted or not")
    func draft() async throws {
        var lecture = Lecture()
        (lecture.isLive, lecture.isPreview, lecture.granted) = (false, true, true)
        #expect(try await ask(lecture, as: nil).status == 404)
        #expect(try await ask(lecture, as: student).status == 404)
        #expect(try await ask(lecture, as: Principal(kind: .user(lecture.instructor))).status == 200)
        #expect(try await ask(lecture, as: admin).status == 200)
        lecture.isThere = false
        #expect(try await ask(lecture, as: admin).status == 404)
        #expect(try await TestDelivery().call("POST", "/v1/lectures/none/playback", as: student).status == 404)
    }

    @Test("what cannot be played yet, or never, says so to who may know")
    func conflicts() async throws {
        var lecture = Lecture()
        lecture.stream = nil
        #expect(try await ask(lecture, as: student).status == 403)
        let waiting = try await ask(lecture, as: admin)
        #expect(waiting.status == 409)
        #expect(waiting.json["type"]?.stringValue?.hasSuffix("/video-not-ready") == true)
        lecture.kind = "article"
        #expect(try await ask(lecture, as: admin).json["type"]?.stringValue?.hasSuffix("/not-playable") == true)
    }

    @Test("playing goes on when the position cannot be asked, and not when the right to cannot")
    func dependencies() async throws {
        var lecture = Lecture()
        (lecture.granted, lecture.position) = (true, nil)
        let answer = try await ask(lecture, as: student)
        #expect(answer.status == 200)
        #expect(answer.json["position"]?.intValue == 0)
        let away = try await TestDelivery(AbsentServices()).call("POST", "/v1/lectures/\(LectureID())/playback", as: student)
        #expect(away.status == 503)
        #expect(away.header("retry-after") != nil)
    }
}
