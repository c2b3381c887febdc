/// Why a key or a key set was not taken, or nothing could be signed. Nothing in it is secret.
public struct JOSEError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for a caller that acts on it.
    public enum Kind: Sendable, Equatable {
        /// The JSON is no key, or the key is not one of P-256 that holds together.
        case malformedKey
        /// The JSON is no key set, or has a key twice, or a private one.
        case malformedKeySet
        /// libcjose did not do what it was asked for.
        case library
    }

    /// What went wrong.
    public let kind: Kind
    /// The reason in words, without any key material.
    public let detail: String

    /// `kind` and `detail` in one line.
    public var description: String { "\(kind): \(detail)" }

    init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
