import HTTP
import JSON
import Kit
import Loop
import Telemetry
import TestKit
import Testing

/// A fake: a server on a real socket that takes OTLP and keeps what it was sent, and answers as a test tells it to.
final class FakeCollector: Sendable {
    struct Asked: Sendable {
        let status: Int
        let headers: [String: String]
        let body: JSONValue
    }
    private struct State {
        /// What it answers to the next requests; 200 afterwards.
        var answers: [(status: Int, retryAfter: String?)] = []
        var asked: [Asked] = []
    }
    let loops = LoopGroup(count: 1, name: "fake-collector")
    private let state: Locked<State>

    init(answering answers: [(status: Int, retryAfter: String?)] = []) { state = Locked(State(answers: answers)) }

    var asked: [Asked] { state.withLock { $0.asked } }

    /// How many spans each request had.
    var sizes: [Int] {
        asked.map { asked in
            let scopes = (asked.body["resourceSpans"]?.arrayValue ?? []).flatMap { $0["scopeSpans"]?.arrayValue ?? [] }
            return scopes.reduce(0) { $0 + ($1["spans"]?.arrayValue?.count ?? 0) }
        }
    }

    /// The spans of what it took, each with the name of its service.
    var spans: [(service: String, span: JSONValue)] {
        asked.filter { $0.status == 200 }.flatMap { $0.body["resourceSpans"]?.arrayValue ?? [] }.flatMap { resource in
            let service = attributes(of: resource["resource"] ?? .null)["service.name"]?.stringValue ?? ""
            let scopes = resource["scopeSpans"]?.arrayValue ?? []
            return scopes.flatMap { $0["spans"]?.arrayValue ?? [] }.map { (service, $0) }
        }
    }

    /// Serves while `body` runs, which gets the base of its address.
    func serving<R>(_ body: (String) async throws -> R) async throws -> R {
        let take = Route("POST", "/v1/traces", .anyone, bodyLimit: 8 << 20) { [state] context in
            let body = try await context.json()
            let sent = [("content-type", context.header("content-type")), ("x-key", context.header("x-key"))]
            let headers = sent.reduce(into: [:]) { $0[$1.0] = $1.1 }
            let answer = state.withLock { state in
                let answer = state.answers.isEmpty ? (status: 200, retryAfter: nil) : state.answers.removeFirst()
                state.asked.append(Asked(status: answer.status, headers: headers, body: body))
                return answer
            }
            let response = Response(status: answer.status, headers: [("content-type", "application/json")], body: .bytes(Buffer(Array("{}".utf8))))
            return answer.retryAfter.map { response.with("retry-after", $0) } ?? response
        }
        let service = try HTTPService(
            service: "fake collector", routes: [take], authenticator: NobodySignsIn(), configuration: .init(port: 0), loops: loops,
            log: Log(service: "test", sink: MemorySink()), metrics: Metrics())
        let task = Task { try await service.run() }
        let isUp = await eventually { service.port != nil }
        #expect(isUp)
        let result: Result<R, any Error>
        do { result = .success(try await body("http://127.0.0.1:\(service.port ?? 0)")) } catch { result = .failure(error) }
        task.cancel()
        try await task.value
        await loops.shutdown()
        return try result.get()
    }
}

/// OTLP's attributes as an object: texts and, as texts too, numbers.
func attributes(of object: JSONValue) -> [String: JSONValue] {
    (object["attributes"]?.arrayValue ?? []).reduce(into: [:]) { found, attribute in
        guard let name = attribute["key"]?.stringValue else { return }
        found[name] = attribute["value"]?["stringValue"] ?? attribute["value"]?["intValue"]
    }
}
