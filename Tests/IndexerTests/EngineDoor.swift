import Curl
import HTTP
import JSON
import Loop
@testable import Indexer

/// The stack's engine behind a door: a test may act between a request and its answer, or answer in the engine's place.
final class EngineDoor: Sendable {
    /// `line`: method and path. `forward`: what the engine answers.
    typealias Pass = @Sendable (_ line: String, _ forward: @Sendable () async throws -> Response) async throws -> Response

    private let pass = Locked<Pass?>(nil)

    /// From here on each request comes to `pass`, or straight to the engine.
    func onPassing(_ pass: Pass?) { self.pass.withLock { $0 = pass } }

    /// Runs `act` when the first request comes whose line `isIt`; the others go straight to the engine.
    func once(
        _ isIt: @escaping @Sendable (_ line: String) -> Bool,
        _ act: @escaping @Sendable (_ forward: @Sendable () async throws -> Response) async throws -> Response
    ) {
        let isOver = Locked(false)
        onPassing { line, forward in
            let isMine = isOver.withLock { isOver in
                defer { isOver = isOver || isIt(line) }
                return !isOver && isIt(line)
            }
            return try await isMine ? act(forward) : forward()
        }
    }

    static func with(_ body: @escaping @Sendable @concurrent (EngineDoor, Workshop) async throws -> Void) async throws {
        let door = EngineDoor()
        let engine = try Workshop.stackEngine()
        let loops = LoopGroup(count: 1)
        let curl = CurlClient(loops)
        var router = Router()
        for method in ["GET", "POST", "PUT", "DELETE"] {
            for path in ["/{a}", "/{a}/{b}", "/{a}/{b}/{c}", "/{a}/{b}/{c}/{d}"] {
                router.on(method, path) { request in
                    do { return try await door.answer(request, of: engine, curl) } catch { return Response(status: 502) }
                }
            }
        }
        let result = await Workshop.serving(router, on: loops) { try await body(door, $0) }
        await curl.close()
        await loops.shutdown()
        try result.get()
    }

    private func answer(_ request: Request, of engine: String, _ curl: CurlClient) async throws -> Response {
        let bytes = try await request.body(upTo: 8 << 20)
        let target = request.path + (request.rawQuery.map { "?\($0)" } ?? "")
        let sent = CurlRequest(
            request.method, engine + target, headers: [HeaderField("content-type", request.header("content-type") ?? "application/json")],
            body: bytes.isEmpty ? nil : Buffer(bytes), timeoutMilliseconds: 30_000)
        let forward: @Sendable () async throws -> Response = {
            let answer = try await curl.send(sent)
            return Response(status: answer.status, headers: [("content-type", "application/json")], body: .bytes(Buffer(answer.body)))
        }
        guard let pass = pass.withLock({ $0 }) else { return try await forward() }
        return try await pass("\(request.method) \(request.path)", forward)
    }
}

extension Workshop {
    /// Runs `body` with a server of its own in the place of the engine.
    static func serving(
        _ router: Router, on loops: LoopGroup, _ body: @escaping @Sendable @concurrent (Workshop) async throws -> Void
    ) async -> Result<Void, any Error> {
        do {
            let servers = try await Servers.start(
                address: "127.0.0.1", port: 0, on: loops, limits: Server.Limits(), router: router, onRefusal: Refusal.plain)
            let result: Result<Void, any Error>
            do { result = .success(try await Workshop.with(engine: "http://127.0.0.1:\(servers.port)", body)) } catch { result = .failure(error) }
            await servers.stop(graceMilliseconds: 0)
            return result
        } catch { return .failure(error) }
    }
}
