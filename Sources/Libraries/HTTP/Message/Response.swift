public import JSON

/// What a handler answers.
public struct Response: Sendable {
    /// The bytes that follow the head. For HEAD, 204 and 304 they are not sent, but closed and freed all the same.
    public enum Body: Sendable {
        /// No bytes.
        case none
        /// Sent from the buffer itself, without a copy; the buffer is freed when the last byte is out.
        case bytes(Buffer)
        /// `length` bytes of an open regular file from `offset`, by sendfile. The server closes the descriptor, whatever happens.
        case file(descriptor: CInt, offset: UInt64, length: UInt64)
        /// Pieces as the closure gives them, until nil: `length` bytes in all, or in chunks without a length.
        ///
        /// The next piece is asked for when the one before has gone to the socket, so a slow client holds the closure back. It runs in the
        /// request's task on the request's loop, and that task is cancelled when the client goes. An error breaks the connection off, so that the
        /// client can tell; why it broke off is for the closure to say.
        case stream(length: UInt64?, @Sendable () async throws -> [UInt8]?)
    }

    /// 200 to 599.
    public var status: Int
    /// Names in lower case. Not `content-length`, `transfer-encoding` or `date`: those are the server's. A line break in a value makes the
    /// answer a 500.
    public var headers: [(name: StaticString, value: String)]
    /// What follows the head.
    public var body: Body

    /// An answer; 200 without a body if nothing else is said.
    public init(status: Int = 200, headers: [(name: StaticString, value: String)] = [], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header that is set; `name` as it was set.
    public func header(_ name: StaticString) -> String? { headers.first { sameName($0.name, name) }?.value }

    /// Sets a header, in place of all of that name.
    public mutating func set(_ name: StaticString, _ value: String) {
        headers.removeAll { sameName($0.name, name) }
        headers.append((name, value))
    }
}

private func sameName(_ left: StaticString, _ right: StaticString) -> Bool {
    UnsafeBufferPointer(start: left.utf8Start, count: left.utf8CodeUnitCount)
        .elementsEqual(UnsafeBufferPointer(start: right.utf8Start, count: right.utf8CodeUnitCount))
}
