internal import Loop
internal import Telemetry

/// The connection of one loop, made when it is first needed and made again whenever it is lost.
final class RedisConnection: @unchecked Sendable {   // its loop's thread only
    private enum State {
        case idle
        /// `isFirst`: nothing is known yet, so callers wait for what comes of it.
        case connecting(isFirst: Bool)
        case ready
        case down
        case closed
    }

    private let configuration: RedisConfiguration
    private let loop: Loop
    private let log: Log
    private let resolve: Resolve
    private var state = State.idle
    private var socket: RedisSocket?
    private var arrivals: [UnsafeContinuation<Void, Never>] = []
    private var backoff: Int
    private var timer: Repeat?
    /// The look-up of the attempt that is under way: it ends with it, so that a late answer meets no later attempt.
    private var lookup: Task<Void, Never>?
    /// SHA-1 sums of scripts by their source, as the server named them.
    var scripts: [String: String] = [:]

    /// Names to addresses, on the loop.
    typealias Resolve = @Sendable (_ host: String, _ port: UInt16) async throws -> [SocketAddress]

    init(_ configuration: RedisConfiguration, on loop: Loop, log: Log, resolve: @escaping Resolve = { try await Resolver.resolve(host: $0, port: $1) }) {
        self.configuration = configuration
        self.loop = loop
        self.log = log
        self.resolve = resolve
        backoff = configuration.reconnectMilliseconds.lowerBound
    }

    /// One command, one answer. While there is no connection it fails at once; only the very first connection is waited for.
    func run(_ command: RedisCommand, within milliseconds: Int?) async throws(RedisError) -> RedisValue {
        try await arrive()
        let deadline = deadline(milliseconds)
        return try await withUnsafeContinuation { continuation in
            send(command, deadline) { continuation.resume(returning: $0) }
        }.get()
    }

    /// Several commands in one go; their answers in order.
    func run(_ commands: [RedisCommand], within milliseconds: Int?) async throws(RedisError) -> [Result<RedisValue, RedisError>] {
        guard !commands.isEmpty else { return [] }
        try await arrive()
        let deadline = deadline(milliseconds)
        return await withUnsafeContinuation { continuation in
            let answers = GatheredAnswers(commands.count) { continuation.resume(returning: $0) }
            for (index, command) in commands.enumerated() { send(command, deadline) { answers.set(index, $0) } }
        }
    }

    private func deadline(_ milliseconds: Int?) -> UInt64 {
        loop.now + UInt64(max(Deadline.milliseconds(atMost: milliseconds ?? configuration.commandMilliseconds), 0))
    }

    private func send(_ command: RedisCommand, _ deadline: UInt64, _ finish: @escaping (Result<RedisValue, RedisError>) -> Void) {
        guard let socket, case .ready = state else { return finish(.failure(RedisError(.unavailable, "not connected"))) }
        if let error = socket.send(command.encoded, deadline: deadline, finish) { finish(.failure(error)) }
    }

    /// Returns when there is a connection, throws when there is none.
    private func arrive() async throws(RedisError) {
        loop.preconditionCurrent()
        if Deadline.current?.isOver == true { throw RedisError(.timeout, "no time is left") }
        if case .idle = state { connect(isFirst: true) }
        if case .connecting(isFirst: true) = state { await withUnsafeContinuation { arrivals.append($0) } }
        switch state {
        case .ready: return
        case .closed: throw RedisError(.closed, "the pool is closed")
        case .idle, .connecting, .down: throw RedisError(.unavailable, "not connected")
        }
    }

    private func connect(isFirst: Bool) {
        state = .connecting(isFirst: isFirst)
        timer = Repeat(everyMilliseconds: UInt64(configuration.connectMilliseconds), once: true, on: loop) { [weak self] in
            self?.failed(RedisError(.timeout, "no connection in time"))
        }
        // Only names take time: an address is open at once.
        lookup = Task(executorPreference: loop) { [self] in
            do {
                let address = try await resolve(configuration.host, configuration.port)[0]
                if !Task.isCancelled { open(address) }
            } catch {
                if !Task.isCancelled { failed(RedisError(.connection, "\(error)")) }
            }
        }
    }

    private func open(_ address: SocketAddress) {
        guard case .connecting = state, socket == nil else { return }
        let socket = RedisSocket(limit: configuration.pending, on: loop) { [weak self] socket, error in
            if let self, self.socket === socket { failed(error) }
        }
        self.socket = socket
        if let error = socket.open(address) { return failed(error) }
        let deadline = loop.now + UInt64(configuration.connectMilliseconds)
        let greeting = greeting
        for (index, command) in greeting.enumerated() {
            let isLast = index == greeting.count - 1
            let error = socket.send(command.encoded, deadline: deadline) { [weak self] result in
                guard let self, self.socket === socket else { return }
                switch result {
                case .failure(let error): failed(error)
                case .success: if isLast { succeeded() }
                }
            }
            if let error { return failed(error) }
        }
    }

    /// An answer to PING is the proof: a server that hangs takes connections too.
    private var greeting: [RedisCommand] {
        var commands: [RedisCommand] = []
        if let password = configuration.password {
            commands.append(RedisCommand(["AUTH"] + (configuration.user.map { [.string($0)] } ?? []) + [.string(password)]))
        }
        if configuration.database != 0 { commands.append(RedisCommand("SELECT", .int(configuration.database))) }
        return commands + [RedisCommand("PING")]
    }

    private func succeeded() {
        guard case .connecting(let isFirst) = state else { return }
        state = .ready
        RedisMeter.shared.connected()
        endAttempt()
        backoff = configuration.reconnectMilliseconds.lowerBound
        if isFirst { log.debug("redis connected") } else { log.notice("redis is back") }
        wakeArrivals()
    }

    private func failed(_ error: RedisError) {
        switch state {
        case .closed, .idle, .down: return
        case .ready:
            RedisMeter.shared.lost()
            log.warning("redis lost", [("reason", .string(error.message))])
        case .connecting(let isFirst): if isFirst { log.warning("redis unavailable", [("reason", .string(error.message))]) }
        }
        state = .down
        endAttempt()
        scripts = [:]
        let old = socket
        socket = nil
        old?.close(error)
        wakeArrivals()
        timer = Repeat(everyMilliseconds: UInt64(pause()), once: true, on: loop) { [weak self] in self?.connect(isFirst: false) }
    }

    /// Doubles up to its limit; each loop's a little different, so that a server that comes back is not met by all at once.
    private func pause() -> Int {
        defer { backoff = min(backoff * 2, configuration.reconnectMilliseconds.upperBound) }
        return Int.random(in: (backoff / 2 + 1)...max(backoff, backoff / 2 + 1))
    }

    private func endAttempt() {
        timer?.cancel()
        timer = nil
        lookup?.cancel()
        lookup = nil
    }

    private func wakeArrivals() {
        let waiting = arrivals
        arrivals = []
        for continuation in waiting { continuation.resume() }
    }

    /// Ends the connection for good; what is in flight fails.
    func close() {
        loop.preconditionCurrent()
        if case .ready = state { RedisMeter.shared.lost() }
        state = .closed
        endAttempt()
        let old = socket
        socket = nil
        old?.close(RedisError(.closed, "the pool is closed"))
        wakeArrivals()
    }
}
