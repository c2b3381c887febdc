/// Why a password was neither hashed nor compared.
public enum PasswordHashError: Error, Sendable, Equatable {
    /// All threads are busy and as many passwords wait as may: answer 503 and let the client try again.
    case overloaded
    /// The task was cancelled while its password waited.
    case cancelled
    /// The hasher was stopped.
    case stopped
    /// More than `PasswordHasher.maximumPasswordBytes`.
    case passwordTooLong
    /// The stored text is no argon2id hash, or asks for more memory, passes or lanes than are granted.
    case malformedHash
    /// libargon2 failed with this code of its own (no memory, as a rule).
    case library(code: Int32)
}
