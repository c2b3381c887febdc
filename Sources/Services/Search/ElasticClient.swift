package import Curl
package import JSON
package import Kit
import Telemetry

/// Requests to an Elasticsearch API. What it answers is read with care: it may be another version, or a server that only speaks like it.
package struct ElasticClient: Sendable {
    private let curl: CurlClient
    private let base: String
    private let timeoutMilliseconds: Int

    /// `url`: `http://[user:password@]host:port`, without a slash at its end. `timeoutMilliseconds`: for requests that do not name another.
    package init(_ url: String, curl: CurlClient, timeoutMilliseconds: Int = 2000) {
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.curl = curl
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// An answer of the server.
    package struct Answer: Sendable {
        package let status: Int
        package let body: JSONValue

        package var isSuccess: Bool { 200...299 ~= status }
    }

    /// Sends one request. Throws `ElasticError` when no answer came, or none that can be read; any status is an answer.
    package func send(
        _ method: String, _ path: String, _ body: Buffer? = nil, contentType: String = "application/json", timeoutMilliseconds: Int? = nil,
        limit: Int = 16 << 20
    ) async throws(ElasticError) -> Answer {
        let headers = body == nil ? [] : [HeaderField("content-type", contentType)]
        let timeout = timeoutMilliseconds ?? self.timeoutMilliseconds
        let request = CurlRequest(method, base + path, headers: headers, body: body, timeoutMilliseconds: timeout, limit: limit)
        let span = Self.span(method, path)
        let response: CurlResponse
        do { response = try await curl.send(request) } catch {
            span?.end(failure: "unreachable")
            throw ElasticError(.unreachable, error.description)
        }
        span?.end(failure: response.status >= 400 ? "\(response.status)" : nil)
        if response.body.isEmpty { return Answer(status: response.status, body: .null) }
        do {
            return Answer(status: response.status, body: try JSONValue.parse(response.body, limits: JSONLimits(depth: 64, values: 2_000_000)))
        } catch {
            throw ElasticError(.unreadable, "status \(response.status), and a body that is no JSON")
        }
    }

    /// The step of the task's trace: which of the API's operations it is, and nothing of what is sought.
    private static func span(_ method: String, _ path: String) -> ActiveSpan? {
        let operation = path.prefix { $0 != "?" }.split(separator: "/").last { $0.hasPrefix("_") }.map { String($0.dropFirst()) }
        guard var span = ActiveSpan.begin(.client, operation ?? method) else { return nil }
        span.set("db.system.name", .string("elasticsearch"))
        span.set("http.request.method", .string(method))
        if let operation { span.set("db.operation.name", .string(operation)) }
        return span
    }

    /// The same for what has to succeed: another status is an error.
    package func require(
        _ method: String, _ path: String, _ body: Buffer? = nil, contentType: String = "application/json", timeoutMilliseconds: Int? = nil
    ) async throws(ElasticError) -> JSONValue {
        let answer = try await send(method, path, body, contentType: contentType, timeoutMilliseconds: timeoutMilliseconds)
        guard answer.isSuccess else { throw ElasticError(status: answer.status, body: answer.body) }
        return answer.body
    }
}

/// Why a request to the search engine came to nothing.
package struct ElasticError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// No answer in time.
        case unreachable
        /// An answer that makes no sense.
        case unreadable
        /// The engine is overloaded or starting: 429, 502, 503, 504.
        case busy
        /// There is no such index or document.
        case notFound
        /// The engine refused it.
        case refused(status: Int)
    }
    package let kind: Kind
    package let detail: String
    package var description: String { "search engine: \(kind): \(detail)" }

    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    init(status: Int, body: JSONValue) {
        let reason = body["error"]?["reason"]?.stringValue ?? body["error"]?["type"]?.stringValue ?? body["error"]?.stringValue ?? ""
        kind = switch status {
        case 404: .notFound
        case 429, 502, 503, 504: .busy
        default: .refused(status: status)
        }
        detail = "status \(status) \(String(reason.prefix(500)))"
    }
}

extension ElasticError: ProblemConvertible {
    /// 503 unless the request itself was wrong, which is our mistake.
    package var problem: Problem {
        if case .refused = kind { return .internalError() }
        return .unavailable("The search")
    }
}
