/// A Lua script that the server runs as one step. It is sent once and named by its sum afterwards: declare it as a `static let`.
public struct RedisScript: Sendable {
    /// The source: `KEYS` and `ARGV` are what `eval` is given.
    public let source: String

    /// Of this source.
    public init(_ source: String) { self.source = source }
}
