internal import CHiredis
internal import Loop

/// One `redisAsyncContext` on a loop: its socket, its commands in flight, its end. What happens after the end is the connection's affair.
final class RedisSocket {
    private let loop: Loop
    private let limit: Int
    private let ended: (RedisSocket, RedisError) -> Void
    private var context: UnsafeMutablePointer<redisAsyncContext>?
    private var watch: Watch?
    private var interest: Watch.Interest = []
    private var pending = PendingCommands()
    private var clock: Repeat?
    private var failure: RedisError?
    private var writing = Writing.idle

    /// Commands go out together once the jobs of the moment have run; the socket is watched only when it does not take them all.
    private enum Writing { case idle, planned, now }

    /// How often deadlines are looked at, in milliseconds, while a command is in flight.
    private static let tick: UInt64 = 10

    init(limit: Int, on loop: Loop, ended: @escaping (RedisSocket, RedisError) -> Void) {
        self.limit = limit
        self.loop = loop
        self.ended = ended
    }

    /// Begins to connect; commands may be sent at once. False when not even that was possible.
    func open(_ address: SocketAddress) -> RedisError? {
        guard let context = redisAsyncConnect(address.host, CInt(address.port)) else { return RedisError(.connection, "out of memory") }
        guard context.pointee.err == 0 else {
            defer { redisAsyncFree(context) }
            return RedisError(.connection, RedisSocket.message(of: context))
        }
        self.context = context
        watch = Watch(context.pointee.c.fd, for: [], on: loop) { [unowned self] ready in handle(ready) }
        // hiredis keeps the socket from here to `cleanup`.
        context.pointee.ev.data = Unmanaged.passRetained(self).toOpaque()
        context.pointee.ev.addRead = { RedisSocket.from($0).add(.read) }
        context.pointee.ev.delRead = { RedisSocket.from($0).remove(.read) }
        context.pointee.ev.addWrite = { RedisSocket.from($0).planWrite() }
        context.pointee.ev.delWrite = { RedisSocket.from($0).remove(.write) }
        context.pointee.ev.cleanup = { data in
            RedisSocket.from(data).cleanup()
            if let data { Unmanaged<RedisSocket>.fromOpaque(data).release() }
        }
        // A callback makes hiredis look whether the connection came up.
        redisAsyncSetConnectCallback(context) { _, _ in }
        return nil
    }

    /// Sends a command; `finish` is called once, on the loop. False when too many are in flight or the socket has ended.
    func send(_ command: [UInt8], deadline: UInt64, _ finish: @escaping (Result<RedisValue, RedisError>) -> Void) -> RedisError? {
        guard let context, failure == nil else { return RedisError(.unavailable, "not connected") }
        guard pending.count < limit else { return RedisError(.overloaded, "\(limit) commands are waiting already") }
        let waiting = PendingCommand(deadline: deadline, finish)
        let handle = Unmanaged.passRetained(waiting).toOpaque()
        let status = command.withUnsafeBytes { bytes in
            redisAsyncFormattedCommand(context, { context, reply, handle in
                RedisSocket.from(context?.pointee.ev.data).answered(reply, handle)
            }, handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard status == REDIS_OK else {
            Unmanaged<PendingCommand>.fromOpaque(handle).release()
            return RedisError(.unavailable, "not connected")
        }
        pending.append(waiting)
        if clock == nil { clock = Repeat(everyMilliseconds: RedisSocket.tick, on: loop) { [unowned self] in lookAtDeadlines() } }
        return nil
    }

    /// Ends it: what is in flight fails with `error`.
    func close(_ error: RedisError) {
        guard let context, failure == nil else { return }
        failure = error
        redisAsyncFree(context)
    }

    private func answered(_ reply: UnsafeMutableRawPointer?, _ handle: UnsafeMutableRawPointer?) {
        guard let handle else { return }
        let command = Unmanaged<PendingCommand>.fromOpaque(handle).takeRetainedValue()
        pending.removeFirst()
        guard let reply else { return command.finish(.failure(reason)) }
        switch RedisValue(reply.assumingMemoryBound(to: redisReply.self).pointee) {
        case .error(let error): command.finish(.failure(error))
        case let value: command.finish(.success(value))
        }
    }

    private func lookAtDeadlines() {
        let silence = RedisError(.timeout, "no answer in time")
        for command in pending.overdue(now: loop.now) { command.finish(.failure(silence)) }
        // The first of all was not answered in all of its time: nothing will come, or too late for those behind it.
        if pending.first?.isFinished == true { close(silence) }
        if pending.count == 0 { stopClock() }
    }

    private func stopClock() {
        clock?.cancel()
        clock = nil
    }

    private func handle(_ ready: Watch.Interest) {
        if ready.contains(.read), let context { redisAsyncHandleRead(context) }
        if ready.contains(.write), let context { redisAsyncHandleWrite(context) }
    }

    private func planWrite() {
        // Whether a connection came up is what the socket itself tells.
        guard let context, context.pointee.c.flags & REDIS_CONNECTED != 0, writing != .now else { return add(.write) }
        guard writing == .idle else { return }
        writing = .planned
        loop.afterJobs { [weak self] in self?.write() }
    }

    private func write() {
        writing = .now
        defer { writing = .idle }
        if let context { redisAsyncHandleWrite(context) }
    }

    private func add(_ more: Watch.Interest) { change(interest.union(more)) }
    private func remove(_ less: Watch.Interest) { change(interest.subtracting(less)) }
    private func change(_ wanted: Watch.Interest) {
        guard wanted != interest else { return }
        interest = wanted
        watch?.change(to: wanted)
    }

    /// The last that hiredis asks for; its callbacks have all been called.
    private func cleanup() {
        let reason = reason
        watch?.cancel()
        watch = nil
        stopClock()
        context = nil
        ended(self, reason)
    }

    private var reason: RedisError {
        failure ?? RedisError(.connection, context.map(RedisSocket.message) ?? "the connection has ended")
    }

    private static func message(of context: UnsafeMutablePointer<redisAsyncContext>) -> String {
        // The outer text is set late in hiredis' ways out; the inner one is always there.
        let message = withUnsafeBytes(of: context.pointee.c.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return message.isEmpty ? "the connection has ended" : message
    }

    private static func from(_ data: UnsafeMutableRawPointer?) -> RedisSocket {
        guard let data else { preconditionFailure("hiredis lost its socket") }
        return Unmanaged<RedisSocket>.fromOpaque(data).takeUnretainedValue()
    }
}
