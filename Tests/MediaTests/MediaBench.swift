import CoursesAPI
import Glibc
import HTTP
import JSON
import Kit
import Loop
import MediaAPI
import ObjectStore
import Postgres
import Stores
import Telemetry
import TestKit
import TestRoutes
import TestStores
import Testing
@testable import Media

/// The media service with a folder and a clock of its own, and a course with a lecture that takes video.
struct MediaBench: Sendable {
    let service: TestService
    let folder: TestFolder
    let time: Locked<Timestamp>
    /// The use case itself, on a connection of its own.
    let receive: ReceiveUpload
    let store: PostgresUploadStore

    static let ann = Principal(kind: .user(UserID()), roles: [.student, .instructor])
    static let bob = Principal(kind: .user(UserID()), roles: [.student, .instructor])
    static let admin = Principal(kind: .user(UserID()), roles: [.admin])
    static let worker = Principal(kind: .service("worker"))
    static let course = CourseID()
    static let video = LectureID()
    static let article = LectureID()

    /// The courses service: Ann's course has both lectures.
    private static let courses = AnsweringServices { call in
        let known = [video: "video", article: "article"]
        for (lecture, kind) in known where call.path == "/internal/v1/courses/\(course)/lectures/\(lecture)" {
            return ServiceAnswer(status: 200, body: ["kind": .string(kind), "instructorIds": [.string(ann.userID!.description)]])
        }
        return ServiceAnswer(status: 404, body: .null)
    }

    static func with(_ body: @Sendable (MediaBench) async throws -> Void) async throws {
        let folder = try TestFolder()
        let time = Locked(Timestamp.now)
        let clock = WallClock { time.withLock { $0 } }
        let settings = ["OBJECT_STORE": "file://\(folder.path)", "UPLOAD_MAXIMUM_BYTES": "\(64 << 20)"]
        try await TestService.with(MediaService.self, transport: courses, clock: clock, settings: settings) { service async throws in
            let pool = try service.context.postgres()
            let store = PostgresUploadStore(pool: pool)
            let receive = ReceiveUpload(
                store: store, spool: try UploadSpool(folder: "\(folder.path)/.uploads"),
                originals: StoredOriginal(objects: try DirectoryObjectStore(path: folder.path)), courses: CoursesClient(courses), clock: clock,
                maximumBytes: 64 << 20)
            let bench = MediaBench(service: service, folder: folder, time: time, receive: receive, store: store)
            do { try await body(bench) } catch {
                await bench.close(pool)
                throw error
            }
            await bench.close(pool)
        }
    }

    private func close(_ pool: PostgresPool) async {
        await receive.spool.stop()
        await pool.close()
    }

    func pass(seconds: Double) { time.withLock { $0 = $0.adding(seconds: seconds) } }

    /// Runs on the service's loop, where stores are used.
    func onLoop<R: Sendable>(_ body: @escaping @Sendable @concurrent () async throws -> R) async throws -> R { try await service.context.loops.run(body) }

    /// The first column of the first row.
    func count(_ sql: String) async throws -> Int { try await onLoop { try await store.pool.query(.once(sql)).int8(0, 0) } }
    func told(_ type: String) async throws -> Int { try await count("select count(*) from outbox where type = '\(type)'") }

    // MARK: - As a tus client

    static let tus: [(name: String, value: String)] = [("tus-resumable", "1.0.0")]

    /// `Upload-Metadata`; `nil` leaves a key out.
    static func metadata(filename: String? = "film.mp4", course: String? = course.description, lecture: String? = video.description) -> String {
        [("filename", filename), ("filetype", "video/mp4"), ("courseId", course), ("lectureId", lecture)]
            .compactMap { key, value in value.map { "\(key) \(base64($0))" } }.joined(separator: ",")
    }

    static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bytes = Array(text.utf8)
        return stride(from: 0, to: bytes.count, by: 3).map { at in
            let three = bytes[at..<min(at + 3, bytes.count)]
            let bits = three.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
            return (0..<4).map { $0 <= three.count ? String(alphabet[bits >> (18 - 6 * $0) & 63]) : "=" }.joined()
        }.joined()
    }

    func create(
        length: String? = "10", metadata: String? = metadata(), as who: Principal? = ann, version: [(name: String, value: String)] = tus
    ) async -> RouteCaller.Answer {
        var headers = version
        if let length { headers.append(("upload-length", length)) }
        if let metadata { headers.append(("upload-metadata", metadata)) }
        return await service.call("POST", "/v1/uploads", as: who, headers: headers)
    }

    /// A new upload of Ann's: its path.
    func begin(length: Int) async throws -> String {
        let answer = await create(length: "\(length)")
        try #require(answer.status == 201)
        return try #require(answer.header("location"))
    }

    func patch(_ path: String, at offset: Int, _ bytes: [UInt8], as who: Principal = ann) async -> RouteCaller.Answer {
        let headers = Self.tus + [("upload-offset", "\(offset)"), ("content-type", "application/offset+octet-stream")]
        return await service.call("PATCH", path, as: who, headers: headers, body: bytes)
    }

    func head(_ path: String, as who: Principal = ann) async -> RouteCaller.Answer {
        await service.call("HEAD", path, as: who, headers: Self.tus)
    }

    func offset(_ path: String) async -> Int? { await head(path).header("upload-offset").flatMap { Int($0) } }
    func delete(_ path: String, as who: Principal = ann) async -> RouteCaller.Answer {
        await service.call("DELETE", path, as: who, headers: Self.tus)
    }

    static func id(_ path: String) throws -> UploadID { try #require(UploadID(String(path.suffix(36)))) }

    // MARK: - On the disk

    func spooled(_ path: String) -> String { "\(folder.path)/.uploads/\(path.suffix(36))" }
    var spool: [String] { folder.names(in: "\(folder.path)/.uploads") }
    /// Renames what lies in the folder of the store.
    func move(_ name: String, to other: String) throws { try #require(rename("\(folder.path)/\(name)", "\(folder.path)/\(other)") == 0) }
    var originals: [String] { folder.names(in: "\(folder.path)/originals") }
    func original() throws -> [UInt8] { try TestFolder.read("\(folder.path)/originals/\(try #require(originals.first))") }
}

extension RouteCaller.Answer {
    /// Which problem it is.
    var slug: String? { json["type"]?.stringValue.map { String($0.split(separator: "/").last ?? "") } }
}

/// `count` bytes that are not all the same: a block whose length is a prime, again and again.
func film(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + filmBlock.count)
    while bytes.count < count { bytes += filmBlock }
    bytes.removeLast(bytes.count - count)
    return bytes
}
private let filmBlock = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
