public import Loop
public import Telemetry

/// Redis, by one connection a loop on which all commands of the loop go out together. While it is down every command fails at once.
///
/// No command takes longer than the task's deadline allows.
/// A command that was sent is not taken back when its task is cancelled: it ends by its answer or its deadline, whichever is first.
public final class RedisPool: Sendable {
    private let group: LoopGroup
    private let connections: LoopLocal<RedisConnection>

    /// Connects when it is first used.
    public init(_ configuration: RedisConfiguration, on group: LoopGroup, log: Log) {
        self.group = group
        connections = LoopLocal(group) { loop in RedisConnection(configuration, on: loop, log: log) }
    }

    /// Connects when it is first used. Throws `.invalid` for what is no Redis URL.
    public convenience init(url: String, on group: LoopGroup, log: Log) throws(RedisError) {
        self.init(try RedisConfiguration(url: url), on: group, log: log)
    }

    /// One command, one answer. `milliseconds`: how long it may take, the configuration's time when nil.
    public func run(_ command: RedisCommand, within milliseconds: Int? = nil) async throws(RedisError) -> RedisValue {
        try await onLoop(CommandSpan([command])) { (connection) throws(RedisError) in try await connection.run(command, within: milliseconds) }
    }

    /// Several commands in one go; the answer of each, in order. Not a transaction.
    public func run(_ commands: [RedisCommand], within milliseconds: Int? = nil) async throws(RedisError) -> [Result<RedisValue, RedisError>] {
        try await onLoop(CommandSpan(commands)) { (connection) throws(RedisError) in try await connection.run(commands, within: milliseconds) }
    }

    /// A script as one step. `keys` are all the keys it touches.
    public func eval(
        _ script: RedisScript, keys: [String], _ arguments: [RedisCommand.Word] = [], within milliseconds: Int? = nil
    ) async throws(RedisError) -> RedisValue {
        let words = [.int(keys.count)] + keys.map { RedisCommand.Word.string($0) } + arguments
        return try await onLoop(CommandSpan("EVALSHA")) { (connection) throws(RedisError) in
            try await connection.run(script, words, within: milliseconds)
        }
    }

    /// Ends all connections; commands in flight and later ones fail with `.closed`.
    public func close() async {
        for loop in group.loops {
            await withTaskExecutorPreference(loop) { @concurrent [connections] in connections.current.close() }
        }
    }

    /// On this thread's loop when it is one of the group, else on the next.
    private func onLoop<R: Sendable>(
        _ span: CommandSpan?, _ body: @escaping @concurrent @Sendable (RedisConnection) async throws(RedisError) -> R
    ) async throws(RedisError) -> R {
        do throws(RedisError) {
            let value = try await onLoop(body)
            span?.end(nil)
            return value
        } catch {
            RedisMeter.shared.failed(error)
            span?.end(error)
            throw error
        }
    }

    private func onLoop<R: Sendable>(
        _ body: @escaping @concurrent @Sendable (RedisConnection) async throws(RedisError) -> R
    ) async throws(RedisError) -> R {
        if group.current != nil { return try await body(connections.current) }
        let result: Result<R, RedisError> = await withTaskExecutorPreference(group.next()) { @concurrent [connections] in
            do throws(RedisError) { return .success(try await body(connections.current)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension RedisPool {
    /// The bytes at `key`; nil when there are none.
    public func get(_ key: String) async throws(RedisError) -> [UInt8]? {
        try await run(RedisCommand("GET", .string(key))).bytesValue
    }

    /// Sets the bytes at `key` for so many milliseconds. With `ifAbsent` only when there are none: false when there were.
    @discardableResult
    public func set(_ key: String, _ value: [UInt8], milliseconds: Int, ifAbsent: Bool = false) async throws(RedisError) -> Bool {
        let words: [RedisCommand.Word] = ["SET", .string(key), .bytes(value), "PX", .int(max(milliseconds, 1))]
        return try await run(RedisCommand(words + (ifAbsent ? ["NX"] : []))) != .null
    }

    /// Removes what is at these keys; how many there were.
    @discardableResult
    public func delete(_ keys: [String]) async throws(RedisError) -> Int {
        guard !keys.isEmpty else { return 0 }
        return try await run(RedisCommand(["DEL"] + keys.map { .string($0) })).integerValue ?? 0
    }

    /// Whether Redis answers, as an error when it does not.
    public func ping() async throws(RedisError) {
        _ = try await run(RedisCommand("PING"))
    }
}
