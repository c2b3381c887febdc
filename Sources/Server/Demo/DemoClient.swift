import Curl
import JSON
import Kit

/// A client of the public API, as the demo is.
struct DemoClient: Sendable {
    let curl: CurlClient
    let gateway: String
    var token: String?

    struct Answer: Sendable {
        let status: Int
        let body: JSONValue
        let etag: String?
        let location: String?
    }

    /// Sends a request; another status than those of `expected` is an error that names the problem.
    func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil, ifMatch: String? = nil, headers more: [HeaderField] = [], bytes: Buffer? = nil,
        expected: Set<Int> = [200, 201, 202, 204]
    ) async throws -> Answer {
        var headers = more
        if let token { headers.append(HeaderField("authorization", "Bearer \(token)")) }
        if let ifMatch { headers.append(HeaderField("if-match", ifMatch)) }
        if body != nil { headers.append(HeaderField("content-type", "application/json")) }
        let answer = try await curl.send(CurlRequest(method, gateway + path, headers: headers, body: bytes ?? body?.jsonBuffer, timeoutMilliseconds: 60_000))
        let value = (try? JSONValue.parse(answer.body)) ?? .null
        guard expected.contains(answer.status) else {
            let detail = value["detail"]?.stringValue ?? value["title"]?.stringValue ?? ""
            throw FileProblem("\(method) \(path) answered \(answer.status): \(detail) \(value["errors"]?.jsonBuffer.text ?? "")")
        }
        return Answer(status: answer.status, body: value, etag: answer.header("etag"), location: answer.header("location"))
    }

    /// The same client, signed in.
    func signedIn(_ login: DemoLogins.Login) async throws -> DemoClient {
        let answer = try await send("POST", "/v1/sessions", ["email": .string(login.email), "password": .string(login.password)])
        var client = self
        client.token = answer.body["accessToken"]?.stringValue
        return client
    }
}
