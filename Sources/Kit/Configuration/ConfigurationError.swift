/// Why a process does not start: one line that names the key and says what is expected there.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The environment variable to set.
    public let key: String
    /// What is wrong and what is expected; never the value of a secret.
    public let problem: String

    /// An error about `key`.
    public init(key: String, _ problem: String) {
        self.key = key
        self.problem = problem
    }

    /// `LYCEUM_USERS_PORT: "abc" is not a whole number from 1 to 65535`
    public var description: String { "\(key): \(problem)" }
}
