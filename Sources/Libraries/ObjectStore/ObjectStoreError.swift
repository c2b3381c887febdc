import Glibc

/// Why an object store did not do what it was asked.
public struct ObjectStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// There is no such object.
        case notFound
        /// It is larger than the caller wants to hold.
        case tooLarge
        /// Bytes that are not in it.
        case rangeNotSatisfiable
        /// Another version is there than the one that is being read.
        case replaced
        /// No room is left: for an operator.
        case full
        /// The store cannot be reached or used now; trying again later may help.
        case unavailable
    }

    public let kind: Kind
    /// What was asked, of which key, and the system's reason.
    public let detail: String
    public var isRetriable: Bool { kind == .unavailable || kind == .full || kind == .replaced }
    public var description: String { detail }

    public init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    /// From `errno`.
    init(_ operation: String, _ key: String, code: CInt) {
        let kind: Kind =
            switch code {
            case ENOENT, ENOTDIR, EISDIR: .notFound
            case ENOSPC, EDQUOT, EFBIG: .full
            default: .unavailable
            }
        self.init(kind, "\(operation) \(key): \(String(cString: strerror(code)))")
    }
}
