import Curl
import Glibc
import JSON
import Kit

/// Sends a clip by tus, in pieces.
struct DemoUpload: Sendable {
    static let pieceBytes = 1 << 20

    let client: DemoClient
    let log: @Sendable (String) -> Void

    func run(clip: String, course: String, lecture: String) async throws {
        guard let file = fopen(clip, "re") else { throw FileProblem("\(clip): \(String(cString: strerror(errno)))") }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let length = ftell(file)
        rewind(file)
        let name = clip.split(separator: "/").last.map(String.init) ?? "clip.mp4"
        let metadata = [("filename", name), ("filetype", "video/mp4"), ("courseId", course), ("lectureId", lecture)]
            .map { "\($0) \(Base64.plain.encode($1.utf8))" }.joined(separator: ",")
        let tus = HeaderField("tus-resumable", "1.0.0")
        let made = try await client.send(
            "POST", "/v1/uploads", headers: [tus, HeaderField("upload-length", "\(length)"), HeaderField("upload-metadata", metadata)])
        guard let place = made.location else { throw FileProblem("an upload without a place") }
        let path = place.hasPrefix("http") ? String(place.dropFirst(client.gateway.count)) : place
        var offset = 0
        while offset < length {
            var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
            let count = fread(&piece, 1, piece.count, file)
            guard count > 0 else { throw FileProblem("\(clip) cannot be read to its end") }
            _ = try await client.send(
                "PATCH", path, headers: [tus, HeaderField("upload-offset", "\(offset)"), HeaderField("content-type", "application/offset+octet-stream")],
                bytes: Buffer(piece[..<count]))
            offset += count
        }
        log("uploaded \(name), \(length) bytes")
    }
}
