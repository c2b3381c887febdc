public import HTTP
public import JSON
public import Kit
public import Loop

/// Asks the routes of a service without a socket, through everything that production puts around a handler.
public struct RouteCaller: Sendable {
    /// What came back.
    public struct Answer: Sendable {
        /// The HTTP status.
        public let status: Int
        /// The answer as the listener would get it.
        public let response: Response
        /// The bytes of the body; empty for one that is a file or a stream.
        public let bytes: [UInt8]
        /// The body as JSON, null when it is none.
        public var json: JSONValue { (try? JSONValue.parse(bytes)) ?? .null }
        /// The first header field of this name, in lower case.
        public func header(_ name: String) -> String? { response.headers.first { $0.name.description == name }?.value }
    }

    private let table: RouteTable
    private let loops: LoopGroup

    /// Asks `table`, each time on a loop of `loops`. Its authenticator is a `TestAuthenticator` where tests sign in.
    public init(_ table: RouteTable, on loops: LoopGroup) {
        self.table = table
        self.loops = loops
    }

    /// Sends a request as `principal`, with a JSON body when there is one.
    public func callAsFunction(
        _ method: String, _ target: String, as principal: Principal? = nil, json: JSONValue? = nil, headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil
    ) async -> Answer {
        var headers = headers
        if let principal { headers.append(("authorization", "Bearer \(TestAuthenticator.token(of: principal))")) }
        let content = body ?? json?.jsonBuffer.array
        if json != nil && body == nil { headers.append(("content-type", "application/json")) }
        if let content { headers.append(("content-length", "\(content.count)")) }
        let all = headers
        let table = table
        let response = await loops.run { () -> Response in
            guard let loop = Loop.current, let request = Request(method, target, headers: all, body: content ?? [], on: loop) else {
                return Response(status: 400)
            }
            return await table.respond(to: request)
        }
        guard case .bytes(let buffer) = response.body, response.status != 304 else {
            return Answer(status: response.status, response: response, bytes: [])
        }
        return Answer(status: response.status, response: response, bytes: buffer.array)
    }
}
