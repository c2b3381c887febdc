public import HTTP
public import Loop
public import Telemetry

/// A request on its way to a handler: who sends it, what the path says, and all that is read from it with the answers that wrong input gets.
public struct RequestContext: Sendable {
    /// The request itself.
    public let request: Request
    /// Who sends it; nil when nobody needs to be known.
    public let principal: Principal?
    /// Writes the id of the request and its trace on every line.
    public let log: Log
    /// The id by which the client and the logs know this request.
    public let requestId: String
    /// When the answer is due.
    public let deadline: Deadline
    /// The route's limit for the body, in bytes.
    public let bodyLimit: Int
    /// Given up while the body is waited for; nil where the request has none.
    let place: Place?
    /// Decoded once, for all getters; nil when it cannot be.
    let queryItems: [(name: String, value: String)]?
    let parameterNames: [String]
    let parameters: [String]
    /// What is known of the request by its `Idempotency-Key`; nil without one.
    let keyed: KeyedRequest?

    /// Who is signed in; throws 401 on a route that lets others in as well.
    public func user() throws(Problem) -> Principal {
        guard let principal, principal.userID != nil else { throw .unauthorized() }
        return principal
    }

    /// The id of who is signed in; throws 401 for others.
    public var userID: UserID {
        get throws(Problem) {
            guard let id = principal?.userID else { throw .unauthorized() }
            return id
        }
    }

    /// What the path has in the place of `{name}`, percent-decoded. Throws 404 for a name that the route does not have.
    public func parameter(_ name: String) throws(Problem) -> String {
        guard let at = parameterNames.firstIndex(of: name), at < parameters.count else { throw .notFound() }
        return parameters[at]
    }

    /// The id in the place of `{name}`. What is no id is the id of nothing: 404.
    public func id<T>(_ name: String) throws(Problem) -> ID<T> {
        guard let id = ID<T>(try parameter(name)) else { throw .notFound() }
        return id
    }

    /// The value of a header field, of several the first.
    public func header(_ name: StaticString) -> String? { request.header(name) }

    /// All values of a header field that may be sent in several lines, joined as one; nil when it was not sent.
    func list(_ name: StaticString) -> String? {
        let values = request.headers(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// What an edit was made from. Throws 428 without `If-Match`, 400 when it cannot be read.
    public func ifMatch() throws(Problem) -> IfMatch {
        guard let field = list("if-match") else { throw .preconditionRequired() }
        guard let match = IfMatch(field) else { throw .malformed("If-Match is not a list of entity tags in quotes.") }
        return match
    }

    /// What the client has already; nil when it does not say, or says it in a way that cannot be read.
    public func ifNoneMatch() -> IfNoneMatch? { list("if-none-match").flatMap { IfNoneMatch($0) } }

    /// The answer 304 when the client has what carries this tag, to be given before anything is made; nil when it has not.
    public func notModified(_ tag: ETag, headers: [(name: StaticString, value: String)] = []) -> Response? {
        guard request.method == "GET" || request.method == "HEAD", ifNoneMatch()?.has(tag) == true else { return nil }
        return Response(status: 304, headers: [("etag", tag.description)] + headers)
    }
}
