import CoursesAPI
import JSON
import Kit
import Loop
import Telemetry
import TestRoutes
import TestStores
import Testing
@testable import Media

@Suite("Beginning an upload")
struct CreationTests {
    @Test("anybody may ask what the server can do")
    func options() async throws {
        try await MediaBench.with { bench in
            let answer = await bench.service.call("OPTIONS", "/v1/uploads")
            #expect(answer.status == 204)
            #expect(answer.header("tus-version") == "1.0.0")
            #expect(answer.header("tus-resumable") == "1.0.0")
            #expect(answer.header("tus-extension") == "creation,expiration,termination")
            #expect(answer.header("tus-max-size") == "\(64 << 20)")
        }
    }

    @Test("an upload has a place, an end and an asset, and HEAD says what the client said")
    func created() async throws {
        try await MediaBench.with { bench in
            let answer = await bench.create(length: "12345")
            #expect(answer.status == 201)
            #expect(answer.header("tus-resumable") == "1.0.0")
            let expiry = bench.time.withLock { $0 }.adding(seconds: 24 * 3600)
            #expect(answer.header("upload-expires") == expiry.imfFixdate())
            let path = try #require(answer.header("location"))
            let head = await bench.head(path)
            #expect(head.status == 200)
            #expect(head.header("upload-offset") == "0")
            #expect(head.header("upload-length") == "12345")
            #expect(head.header("upload-metadata") == MediaBench.metadata())
            #expect(head.header("cache-control") == "no-store")
            let assets = await bench.service.call("GET", "/v1/courses/\(MediaBench.course)/assets", as: MediaBench.ann)
            #expect(assets.json["items"]?[0]?["state"]?.stringValue == "uploading")
            #expect(assets.json["items"]?[0]?["filename"]?.stringValue == "film.mp4")
            #expect(assets.json["items"]?[0]?["bytes"]?.intValue == 12345)
            #expect(bench.spool == [String(path.suffix(36))])
            #expect(try await bench.count("select count(*) from jobs") == 0)
        }
    }

    @Test("metadata that is missing or wrong is named, and nothing is left of the try")
    func metadata() async throws {
        try await MediaBench.with { bench in
            for (metadata, status, pointer) in [
                (nil, 422, "/Upload-Metadata"), (MediaBench.metadata(filename: nil), 422, "/Upload-Metadata/filename"),
                (MediaBench.metadata(course: nil), 422, "/Upload-Metadata/courseId"), (MediaBench.metadata(lecture: nil), 422, "/Upload-Metadata/lectureId"),
                (MediaBench.metadata(lecture: "x"), 422, "/Upload-Metadata/lectureId"), (MediaBench.metadata() + ",more !!!", 400, nil),
                ("filename YQ", 422, "/Upload-Metadata/courseId"), ("filename YR", 400, nil), ("filename _w==", 400, nil), ("filename /w==", 400, nil),
                ("filename YQ== YQ==", 400, nil), ("filename YQ==,filename Yg==", 400, nil), (String(repeating: "a", count: 5000), 400, nil),
            ] as [(String?, Int, String?)] {
                let answer = await bench.create(metadata: metadata)
                #expect(answer.status == status, "\(metadata ?? "none")")
                #expect(answer.json["errors"]?[0]?["pointer"]?.stringValue == pointer)
                #expect(answer.header("tus-resumable") == "1.0.0")
            }
            #expect(bench.spool.isEmpty)
        }
    }

    @Test("a file's name is the last part of its path, without control characters", arguments: [
        ("/home/ann/film.mp4", "film.mp4"), ("C:\\films\\my film.mp4", "my film.mp4"), ("a\u{7}b\u{85}.mp4", "ab.mp4"), ("\u{1}", "video"), ("//", "video"),
        ("Ünïcode 影片.mp4", "Ünïcode 影片.mp4"),
    ])
    func filename(sent: String, kept: String) throws {
        #expect(try UploadMetadata(MediaBench.metadata(filename: sent)).filename == kept)
    }

    @Test("only the instructor of the course begins one, for a lecture that takes video")
    func rights() async throws {
        try await MediaBench.with { bench in
            #expect(await bench.create(as: nil).status == 401)
            #expect(await bench.create(as: Principal(kind: .user(MediaBench.ann.userID!), roles: [.student])).status == 403)
            #expect(await bench.create(as: MediaBench.bob).status == 404)
            #expect(await bench.create(metadata: MediaBench.metadata(course: CourseID().description)).status == 404)
            #expect(await bench.create(metadata: MediaBench.metadata(lecture: LectureID().description)).status == 404)
            let article = await bench.create(metadata: MediaBench.metadata(lecture: MediaBench.article.description))
            #expect(article.status == 409)
            #expect(article.slug == "not-a-video-lecture")
            #expect(bench.spool.isEmpty)
        }
    }

    @Test("a length that is none is 400, one beyond the largest 413, another version 412 with ours named")
    func head() async throws {
        try await MediaBench.with { bench in
            for length in [nil, "", "-1", "+5", "1.5", "0x10", "99999999999999999999", "٣"] as [String?] {
                #expect(await bench.create(length: length).status == 400, "\(length ?? "none")")
            }
            #expect(await bench.create(length: "\(64 << 20)").status == 201)
            #expect(await bench.create(length: "\(64 << 20 + 1)").status == 413)
            for version in [[], [("tus-resumable", "0.2.2")]] as [[(name: String, value: String)]] {
                let answer = await bench.create(version: version)
                #expect(answer.status == 412)
                #expect(answer.header("tus-version") == "1.0.0")
            }
        }
    }

    @Test("when courses cannot be asked the client is told to come again")
    func coursesAway() async throws {
        try await MediaBench.with { bench in
            let alone = ReceiveUpload(
                store: bench.store, spool: bench.receive.spool, originals: bench.receive.originals, courses: CoursesClient(AbsentServices()),
                clock: .system, maximumBytes: 100)
            let metadata = try UploadMetadata(MediaBench.metadata())
            await #expect {
                try await bench.onLoop { try await alone.begin(metadata, length: 1, by: MediaBench.ann.userID!) }
            } throws: { ($0 as? any ProblemConvertible)?.problem.status == 503 }
        }
    }

    private static func createAgain(_ bench: MediaBench, _ length: String) async -> RouteCaller.Answer {
        await bench.create(length: length, version: MediaBench.tus + [(name: "idempotency-key", value: "\"again\"")])
    }

    @Test("the same creation again under its Idempotency-Key is the same upload; with other metadata it is 422", arguments: ["10", "0"])
    func keyed(length: String) async throws {
        try await MediaBench.with { bench in
            let answers = await Self.tenAtOnce(bench, length)
            let made = answers.filter { $0.status == 201 }
            #expect(made.count + answers.count { $0.status == 409 } == 10)
            #expect(Set(made.map { $0.header("location") }).count == 1)
            let again = await Self.createAgain(bench, length)
            #expect(again.status == 201)
            #expect(again.header("idempotency-replayed") == "true")
            for name in ["location", "upload-expires", "upload-offset", "tus-resumable"] { #expect(again.header(name) == made.first?.header(name)) }
            #expect(await Self.createAgain(bench, "11").status == 422)
            let assets = await bench.service.call("GET", "/v1/courses/\(MediaBench.course)/assets", as: MediaBench.ann)
            #expect(assets.json["items"]?.arrayValue?.count == 1)
        }
    }

    private static func tenAtOnce(_ bench: MediaBench, _ length: String) async -> [RouteCaller.Answer] {
        await withTaskGroup(of: RouteCaller.Answer.self) { group in
            for _ in 0..<10 { group.addTask { await createAgain(bench, length) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
