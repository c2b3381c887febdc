import HTTP
import JSON
import Kit

/// What the CDN's edge pulls: the files of streams, by signed paths. The path is checked here as well: the edge is not the only door.
struct OriginRoutes: Sendable {
    let signer: OpenSSLPlaybackSigner
    let streams: StoredStream
    let clock: WallClock

    var routes: [Route] { [Route("GET", "/s/{token}/{asset}/{hash}/{file}", .signedPath, handler: get)] }

    private func get(_ context: RequestContext) async throws -> Response {
        let name = try context.parameter("file")
        guard let path = PlaybackPath(token: try context.parameter("token"), asset: try context.parameter("asset"), hash: try context.parameter("hash")) else {
            throw DeliveryError.badPath(.forged)
        }
        do { try signer.check(path, at: clock.now()) } catch { throw DeliveryError.badPath(error) }
        guard let type = MediaType.of(file: name), let file = try await streams.open(asset: path.asset, hash: path.hash, file: name) else {
            throw DeliveryError.noSuchFile
        }
        return try await answer(file, type, context)
    }

    /// Whole, in part, or not at all when the client has it (RFC 9110, 13 and 14). The file never changes: its folder is named for its content.
    private func answer(_ file: StoredStream.File, _ type: String, _ context: RequestContext) async throws -> Response {
        let tag = ETag(file.etag)
        let common: [(name: StaticString, value: String)] = [
            ("content-type", type), ("accept-ranges", "bytes"), ("cache-control", "public, max-age=31536000, immutable"),
        ]
        if let unchanged = context.notModified(tag, headers: common) { return unchanged }
        let headers = common + [("etag", tag.description)]
        let size = file.size, method = context.request.method
        let isWanted = method == "GET" && context.header("if-range").map { $0 == tag.description } ?? true
        switch isWanted ? ByteRange(header: context.header("range"), size: UInt64(size)) : .whole {
        case .whole:
            return Response(status: 200, headers: headers, body: try await body(of: file, 0..<size, isSent: method == "GET"))
        case .part(let from, let to):
            return Response(
                status: 206, headers: headers + [("content-range", "bytes \(from)-\(to - 1)/\(size)")],
                body: try await body(of: file, Int(from)..<Int(to), isSent: true))
        case .unsatisfiable:
            throw DeliveryError.beyondEnd(size: size)
        }
    }

    private func body(of file: StoredStream.File, _ range: Range<Int>, isSent: Bool) async throws -> Response.Body {
        switch try await streams.source(of: file, range, isSent: isSent) {
        case .descriptor(let descriptor): return .file(descriptor: descriptor, offset: UInt64(range.lowerBound), length: UInt64(range.count))
        case .pieces(let next): return .stream(length: UInt64(range.count), next)
        }
    }
}
