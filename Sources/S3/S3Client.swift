internal import Curl
internal import JSON
internal import Kit
internal import ObjectStore
internal import OpenSSL
internal import XML

/// Signed requests to one bucket, and what their answers mean.
struct S3Client: Sendable {
    /// Milliseconds for what carries no object, and for the first byte of what does.
    private static let patience = 10_000
    /// Seconds without a byte after which a store that takes or brings an object counts as gone.
    private static let stall = 20
    /// Bytes of a list, or of an error.
    private static let answerLimit = 4 << 20
    /// What S3 says when it wants to be asked again.
    private static let retry = CurlRetry(attempts: 4, baseMilliseconds: 50, capMilliseconds: 1000, statuses: [429, 500, 502, 503, 504])

    let bucket: S3Bucket
    let key: S3Key
    let curl: CurlClient

    /// What a body is, as the signature covers it.
    enum Payload: Sendable {
        case none
        case bytes(Buffer, sha256: [UInt8])
        /// A file's part, which is hashed and sent, both piece by piece.
        case upload(CurlUpload, sha256: [UInt8])
    }

    /// A request for an object, or for the bucket itself.
    func request(
        _ method: String, _ object: ObjectKey?, query: [(String, String)] = [], headers: [HeaderField] = [], payload: Payload = .none
    ) -> CurlRequest {
        let items = query.map { "\($0)=\(S3Bucket.encoded($1))" }.joined(separator: "&")
        var request = CurlRequest(
            method, bucket.endpoint + bucket.path(of: object) + (items.isEmpty ? "" : "?\(items)"), headers: headers,
            timeoutMilliseconds: Self.patience, limit: Self.answerLimit)
        request.signing = key.signing(for: bucket.region)
        let hash: [UInt8]
        switch payload {
        case .none: hash = SHA256.digest([])
        case .bytes(let body, let sha256):
            (request.body, hash) = (body, sha256)
            request.timeoutMilliseconds = Self.time(for: body.count)
        case .upload(let upload, let sha256):
            (request.upload, hash) = (upload, sha256)
            request.timeoutMilliseconds = Self.time(for: upload.length ?? 0)
            request.stallSeconds = Self.stall
        }
        request.headers.append(HeaderField(AWSSigning.bodyField, Hex.encode(hash)))
        return request
    }

    /// Time for so many bytes, at 100 KB a second.
    static func time(for bytes: Int) -> Int { patience + bytes / 100 }

    /// Sends a request for an object's bytes, of which there may be so many; an error may have more.
    func bytes(_ request: CurlRequest, limit: Int, _ operation: String) async throws -> CurlResponse {
        var request = request
        (request.limit, request.timeoutMilliseconds, request.stallSeconds) = (max(limit, 64 << 10), Self.time(for: limit), Self.stall)
        let answer = try await send(request, operation)
        guard answer.body.count <= limit else { throw Self.tooLarge(operation) }
        return answer
    }

    /// Sends a request; answers that are no success are errors. `operation` is for their words.
    func send(_ request: CurlRequest, _ operation: String) async throws -> CurlResponse {
        let response: CurlResponse
        do throws(CurlError) { response = try await curl.call(request, Self.retry) } catch { throw Self.failure(error, operation) }
        guard (200...299).contains(response.status) else { throw Self.failure(response.status, response.body, operation) }
        return response
    }

    /// As `send`, for a body that is pulled.
    func stream(_ request: CurlRequest, _ operation: String) async throws -> CurlStream {
        let stream: CurlStream
        do throws(CurlError) { stream = try await curl.callStream(request, Self.retry) } catch { throw Self.failure(error, operation) }
        guard (200...299).contains(stream.status) else { throw Self.failure(stream.status, try? await stream.next() ?? [], operation) }
        return stream
    }

    // MARK: - Errors

    /// The answer's code decides, where it has one: 404 may be the object or the bucket.
    static func failure(_ status: Int, _ body: [UInt8]?, _ operation: String) -> ObjectStoreError {
        let answer = body.flatMap { try? XMLElement(parsing: $0) }
        let code = answer?["Code"] ?? "", message = answer?["Message"] ?? ""
        let kind: ObjectStoreError.Kind =
            switch (status, code) {
            case (404, "NoSuchKey"), (404, ""): .notFound
            case (416, _): .rangeNotSatisfiable
            case (412, _): .replaced
            case (507, _), (_, "XMinioStorageFull"), (_, "QuotaExceeded"): .full
            default: .unavailable
            }
        return ObjectStoreError(kind, "\(operation): S3 answers \(status) \(code) \(message)")
    }

    private static func tooLarge(_ operation: String) -> ObjectStoreError { ObjectStoreError(.tooLarge, "\(operation): more bytes than wanted") }

    static func failure(_ error: CurlError, _ operation: String) -> any Error {
        switch error.kind {
        case .cancelled: CancellationError()
        case .tooLarge: tooLarge(operation)
        default: ObjectStoreError(.unavailable, "\(operation): \(error)")
        }
    }
}
