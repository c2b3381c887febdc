public import Loop

/// A request whose head has arrived. The body is read as it comes; what is not read is held back at the client.
public struct Request: Sendable {
    /// As it was sent: methods are case-sensitive.
    public let method: String
    /// As it was sent, without the query: nothing is decoded. Begins with `/`.
    public let path: String
    /// What follows the `?`, as it was sent.
    public let rawQuery: String?
    /// The client's address as text, without the port. Behind a gateway it is the gateway's.
    public let remoteAddress: String
    /// The loop that the request lives on.
    public let loop: Loop
    /// The template of the route that was matched, such as `/v1/courses/{id}`; nil when none was.
    public internal(set) var route: String?
    /// What stood in the `{}` of the route, in order, percent-decoded.
    public internal(set) var parameters: [String] = []
    let head: RequestHead
    let source: any BodySource

    init(method: String, target: RequestTarget, head: RequestHead, remoteAddress: String, loop: Loop, source: any BodySource) {
        self.method = method
        path = target.path
        rawQuery = target.query
        self.remoteAddress = remoteAddress
        self.loop = loop
        self.head = head
        self.source = source
    }

    /// A request that came over no connection, for whoever tests a handler. Nil when `target` is not one.
    public init?(
        _ method: String, _ target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1", on loop: Loop
    ) {
        guard let target = RequestTarget(target.utf8) else { return nil }
        var head = RequestHead()
        for header in headers {
            Array(header.name.utf8).withUnsafeBytes { name in Array(header.value.utf8).withUnsafeBytes { value in head.add(name, value) } }
        }
        self.init(method: method, target: target, head: head, remoteAddress: remoteAddress, loop: loop, source: GivenBody(body))
    }

    // MARK: - Head

    /// The first value of a header, by its name in any case.
    public func header(_ name: StaticString) -> String? { head.first(name) }

    /// All values of a header in their order, by its name in any case.
    public func headers(_ name: StaticString) -> [String] { head.values(name) }

    /// Every header in its order, names as they were sent.
    public var headers: [(name: String, value: String)] { head.all }

    /// The parameter of the route at a position, nil when the route has fewer.
    public func parameter(_ index: Int) -> String? { parameters.indices.contains(index) ? parameters[index] : nil }

    /// The first value of a name in the query, decoded; nil when it is not there or the query is malformed.
    public func query(_ name: String) -> String? { queryItems()?.first { $0.name == name }?.value }

    /// The names and values of the query in their order, decoded as forms are (`+` is a space). Empty without a query, nil for a malformed one.
    public func queryItems() -> [(name: String, value: String)]? {
        guard let rawQuery else { return [] }
        return RequestTarget.items(of: rawQuery)
    }

    // MARK: - Body

    /// What the client says the body's length is; nil when it is sent in chunks, 0 without a body.
    public var contentLength: UInt64? { head.isChunked ? nil : head.contentLength ?? 0 }

    /// Whether there is a body to read.
    public var hasBody: Bool { head.hasBody }

    /// The next piece of the body: what has arrived, but at least `minimum` bytes unless it ends before; nil at its end.
    ///
    /// One caller at a time. At most `Server.Limits.readAhead` bytes wait in memory, so no more than that is ever awaited.
    public func nextPiece(minimum: Int = 1) async throws(BodyError) -> [UInt8]? { try await source.nextPiece(minimum: minimum) }

    /// The whole body, at most `limit` bytes; a longer one is refused before it is read when its length is known.
    public func body(upTo limit: Int) async throws(BodyError) -> [UInt8] {
        if let length = head.contentLength, length > UInt64(max(0, limit)) { throw .tooLarge(limit: limit) }
        var body: [UInt8] = []
        while let piece = try await source.nextPiece(minimum: 1) {
            guard body.count + piece.count <= limit else { throw .tooLarge(limit: limit) }
            if body.isEmpty { body = piece } else { body += piece }
        }
        return body
    }
}
