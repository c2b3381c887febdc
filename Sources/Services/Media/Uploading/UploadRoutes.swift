import HTTP
import JSON
import Kit
import Telemetry

/// Resumable upload over HTTP: tus 1.0.0 with creation, expiration and termination.
struct UploadRoutes: Sendable {
    let receive: ReceiveUpload
    let answers: any IdempotencyStore
    /// The videos of a long course, all at once; each may be large, and is kept until it expires.
    private static let begun = RateLimit("upload", Quota(200, seconds: 3600), for: .person)

    var routes: [Route] {
        // A piece may be the whole file: it is read as it comes, and the limit is the upload's length.
        let unlimited = Int.max, oneDay = 24 * 3_600_000
        return [
            Route("OPTIONS", "/v1/uploads", .anyone, handler: describe),
            Route("POST", "/v1/uploads", .role([.instructor]), limits: [Self.begun], idempotency: .optional, handler: speakingTus(create)),
            Route("HEAD", "/v1/uploads/{uploadId}", .signedIn, handler: speakingTus(offset)),
            Route(
                "PATCH", "/v1/uploads/{uploadId}", .signedIn, bodyLimit: unlimited, timeoutMilliseconds: oneDay, isShed: false, handler: speakingTus(append)),
            Route("DELETE", "/v1/uploads/{uploadId}", .signedIn, handler: speakingTus(end)),
        ]
    }

    private typealias Headers = [(name: StaticString, value: String)]
    private static let version: Headers = [("tus-resumable", "1.0.0"), ("cache-control", "no-store")]

    private func describe(_ context: RequestContext) async throws -> Response {
        .noContent(headers: Self.version + [
            ("tus-version", "1.0.0"), ("tus-extension", "creation,expiration,termination"), ("tus-max-size", "\(receive.maximumBytes)"),
        ])
    }

    /// Only for clients of our version of tus; it is named in every answer, refusals included.
    private func speakingTus(
        _ handler: @escaping @Sendable (RequestContext) async throws -> Response
    ) -> @Sendable (RequestContext) async throws -> Response {
        { context in
            do {
                guard context.header("tus-resumable") == "1.0.0" else { throw MediaError.unsupportedVersion }
                return try await handler(context)
            } catch let error as any ProblemConvertible {
                var problem = error.problem
                problem.headers.append(("tus-resumable", "1.0.0"))
                throw problem
            }
        }
    }

    private func create(_ context: RequestContext) async throws -> Response {
        let length = try Self.number("upload-length", context)
        let metadata = try UploadMetadata(context.header("upload-metadata")), user = try context.userID
        return try await context.once(answers, fields: ["upload-length", "upload-metadata"]) { upload in
            // One of no bytes is about to be completed: its answer is the same before and after.
            Response(status: 201, headers: Self.headers(upload, isOpen: !upload.isWhole) + [("location", "/v1/uploads/\(upload.id)")])
        } effect: { once in
            try await receive.begin(metadata, length: length, by: user, once)
        }
    }

    private func offset(_ context: RequestContext) async throws -> Response {
        let upload = try await receive.find(try context.id("uploadId"), of: context.userID)
        let fields: Headers = [("upload-length", "\(upload.length)"), ("upload-metadata", upload.metadata)]
        return Response(status: 200, headers: Self.headers(upload, isOpen: !upload.isComplete) + fields)
    }

    private func append(_ context: RequestContext) async throws -> Response {
        try context.checkMediaType("application/offset+octet-stream")
        let offset = try Self.number("upload-offset", context)
        let upload = try await receive.append(to: try context.id("uploadId"), of: context.userID, at: offset) {
            try await context.request.nextPiece(minimum: 256 << 10)
        }
        return .noContent(headers: Self.headers(upload, isOpen: !upload.isComplete))
    }

    private func end(_ context: RequestContext) async throws -> Response {
        try await receive.end(try context.id("uploadId"), of: context.userID)
        return .noContent(headers: Self.version)
    }

    private static func headers(_ upload: Upload, isOpen: Bool) -> Headers {
        var headers = version
        headers.append(("upload-offset", "\(upload.received)"))
        if isOpen { headers.append(("upload-expires", upload.expiresAt.imfFixdate())) }
        return headers
    }

    private static func number(_ name: StaticString, _ context: RequestContext) throws(Problem) -> Int {
        guard let text = context.header(name), let number = Int(text), number >= 0, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            throw .malformed("\(name) must be a whole number of bytes.")
        }
        return number
    }
}
