public import JSON

/// What went wrong with a request, as the client may know it (RFC 9457). Thrown anywhere below a route; the real cause goes to the log.
public struct Problem: Error, Sendable {
    /// Names the page `docs/problems/<slug>.md` and the type `https://lyceum.example/problems/<slug>`.
    public let slug: String
    /// The same for every problem of this slug.
    public let title: String
    /// The HTTP status.
    public let status: Int
    /// This very case, safe to show; may be empty.
    public var detail: String
    /// Fields that are wrong.
    public var errors: [FieldError]
    /// Header fields of the answer, names in lower case.
    public var headers: [(name: StaticString, value: String)]
    /// Further members of the problem.
    public var extensions: [(name: StaticString, value: JSONValue)]

    /// A problem of its own kind; the common ones have makers below.
    public init(
        slug: String, title: String, status: Int, detail: String = "", errors: [FieldError] = [],
        headers: [(name: StaticString, value: String)] = [], extensions: [(name: StaticString, value: JSONValue)] = []
    ) {
        self.slug = slug
        self.title = title
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers
        self.extensions = extensions
    }

    /// The stable address of this kind of problem.
    public var type: String { "https://lyceum.example/problems/\(slug)" }

    /// The bytes of the `application/problem+json` answer.
    public func buffer(traceId: String?) -> Buffer {
        JSONWriter.object { json in
            json.field("type", type)
            json.field("title", title)
            json.field("status", status)
            if !detail.isEmpty { json.field("detail", detail) }
            if !errors.isEmpty { json.field("errors", errors) }
            for (name, value) in extensions { json.field(name, value) }
            if let traceId { json.field("traceId", traceId) }
        }
    }
}

extension Problem: CustomStringConvertible {
    /// For logs: status, slug and detail.
    public var description: String { "\(status) \(slug)\(detail.isEmpty ? "" : ": \(detail)")" }
}
