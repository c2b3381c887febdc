extension RedisConnection {
    /// Scripts are few and literal: this many at once would be a mistake, and is no leak.
    private static let scriptLimit = 100

    /// Runs a script by its sum, which the server is told the source for when it does not know it (any more).
    func run(_ script: RedisScript, _ arguments: [RedisCommand.Word], within milliseconds: Int?) async throws(RedisError) -> RedisValue {
        if let sum = scripts[script.source] {
            do { return try await run(RedisCommand(["EVALSHA", .string(sum)] + arguments), within: milliseconds) } catch {
                guard error.kind == .server(code: "NOSCRIPT") else { throw error }
            }
        }
        guard let sum = try await run(RedisCommand("SCRIPT", "LOAD", .string(script.source)), within: milliseconds).stringValue else {
            throw RedisError(.unexpected, "SCRIPT LOAD answered no sum")
        }
        if scripts.count >= RedisConnection.scriptLimit { scripts = [:] }
        scripts[script.source] = sum
        return try await run(RedisCommand(["EVALSHA", .string(sum)] + arguments), within: milliseconds)
    }
}
