import HTTP
import JSON
import Loop

/// A server on loops of its own, for one test.
struct RunningServer: Sendable {
    let port: UInt16
    let servers: Servers

    func client(receiveBuffer: CInt? = nil, from address: String? = nil) throws -> RawClient {
        try RawClient(port: port, receiveBuffer: receiveBuffer, from: address)
    }

    /// Runs `body` on a loop of its own beside a server with these routes, then stops both.
    static func with<R: Sendable>(
        loops count: Int = 1, limits: Server.Limits = .init(), onRefusal: @escaping @Sendable (Refusal) -> Response = Refusal.plain,
        routes: (inout Router) -> Void, _ body: @escaping @Sendable @concurrent (RunningServer) async throws -> R
    ) async throws -> R {
        var router = Router()
        routes(&router)
        let loops = LoopGroup(count: count, name: "server")
        let clients = LoopGroup(count: 1, name: "client")
        let servers = try await Servers.start(
            address: "127.0.0.1", port: 0, on: loops, limits: limits, router: router, onRefusal: onRefusal)
        let running = RunningServer(port: servers.port, servers: servers)
        let result = await Task(executorPreference: clients.loops[0]) { try await body(running) }.result
        await servers.stop(graceMilliseconds: 0)
        await clients.shutdown()
        await loops.shutdown()
        return try result.get()
    }
}

extension Response {
    static func text(_ text: String, status: Int = 200) -> Response {
        Response(status: status, headers: [("content-type", "text/plain")], body: .bytes(Buffer(Array(text.utf8))))
    }
}

/// Bytes in which no part is like another, made quickly without optimisation too.
func pattern(_ count: Int) -> [UInt8] {
    let block = (0..<4093).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 4) }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        while initialized < count {
            let part = min(block.count, count - initialized)
            let target = UnsafeMutableRawBufferPointer(buffer)[initialized..<initialized + part]
            UnsafeMutableRawBufferPointer(rebasing: target).copyBytes(from: block[..<part])
            initialized += part
        }
    }
}

/// Something that is awaited by one task and said by another.
final class Signal<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiting: [UnsafeContinuation<Value, Never>] = []
    }
    private let state = Locked(State())

    func send(_ value: Value) {
        let waiting = state.withLock { state in
            state.value = value
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    var value: Value {
        get async {
            await withUnsafeContinuation { continuation in
                let value: Value? = state.withLock { state in
                    if state.value == nil { state.waiting.append(continuation) }
                    return state.value
                }
                if let value { continuation.resume(returning: value) }
            }
        }
    }

    var isSent: Bool { state.withLock { $0.value != nil } }
}
