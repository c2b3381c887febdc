public import HTTP
public import JSON

/// JSON that was written once and is sent many times, with its tag.
public struct Representation: Sendable {
    /// The bytes.
    public let buffer: Buffer
    /// A hash of them.
    public let tag: ETag

    /// Of these bytes.
    public init(_ buffer: Buffer) {
        self.buffer = buffer
        tag = ETag(hashing: buffer)
    }
}

extension Response {
    /// The answer to a GET: the bytes, or 304 when the client has them already.
    public static func json(headers: [(name: StaticString, value: String)] = [], _ representation: Representation, for request: Request) -> Response {
        json(headers: headers, representation.buffer).etag(representation.tag, for: request)
    }
}
