public import Loop

/// HTTP requests out, on the loop of the task that asks: connections are kept and used again, nothing blocks, and everything is bounded:
/// how many transfers run and wait, how long a connection, a place and an answer may take, how long an answer may be.
///
/// Over TLS it speaks HTTP/2 where the server offers it, many requests on one connection, else HTTP/1.1 with kept connections.
/// Redirects are not followed, proxies of the environment are not used. A kept connection that turns out to be dead before a byte of
/// the answer came is replaced and the request sent once more, unless it says that it must not be (`CurlRequest.mayRepeat`).
public final class CurlClient: Sendable {
    private struct Engines { var made: [CurlMulti] = []; var isClosed = false }

    private let loops: LoopGroup
    private let multis: LoopLocal<CurlMulti>
    private let engines: Locked<Engines>
    /// The servers that failed lately.
    let circuits = Circuits()

    /// A client for tasks on `loops`. Nothing is opened until the first request.
    public init(_ loops: LoopGroup, _ configuration: CurlConfiguration = CurlConfiguration()) {
        let engines = Locked(Engines())
        self.loops = loops
        self.engines = engines
        multis = LoopLocal(loops) { loop in
            let multi = CurlMulti(on: loop, configuration)
            engines.withLock { $0.made.append(multi) }
            return multi
        }
    }

    deinit {
        // What is open belongs to the loops' threads and is let go there, when they come to it.
        for multi in Self.takeAll(engines) { Task(executorPreference: multi.loop) { multi.close() } }
    }

    /// Sends a request and waits for the whole answer; any status is an answer. It takes no
    /// longer than the task's deadline allows. From any task: off the loops it runs on the next of them.
    public func send(_ request: CurlRequest) async throws(CurlError) -> CurlResponse {
        let outcome = try await onALoop(request) { await $0.perform($1) }
        return CurlResponse(status: outcome.status, headers: outcome.fields, body: outcome.body)
    }

    /// Ends all transfers (`closed`), lets connections go and takes nothing more. To be called before the loops are stopped.
    @concurrent public func close() async {
        for multi in Self.takeAll(engines) {
            await withTaskExecutorPreference(multi.loop) { multi.close() }
        }
    }

    private static func takeAll(_ engines: Locked<Engines>) -> [CurlMulti] {
        engines.withLock { engines in
            defer { engines = Engines(made: [], isClosed: true) }
            return engines.made
        }
    }

    /// Checks a request and has it done on this task's loop, or the next one.
    func onALoop<R: Sendable>(
        _ request: CurlRequest, _ body: @escaping @Sendable (CurlMulti, CurlRequest) async -> Result<R, CurlError>
    ) async throws(CurlError) -> R {
        var request = request
        request.timeoutMilliseconds = Deadline.milliseconds(atMost: request.timeoutMilliseconds)
        request = try request.checked()
        let checked = request
        guard !engines.withLock({ $0.isClosed }) else { throw .closedClient(mayHaveBeenSent: false) }
        if loops.current != nil { return try await body(multis.current, checked).get() }
        return try await loops.run { [multis] in await body(multis.current, checked) }.get()
    }
}
