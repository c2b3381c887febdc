import Glibc

/// A system call that failed.
public struct LinuxError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The call, and what it was for.
    public let operation: String
    /// `errno`.
    public let code: CInt

    /// The call that failed just now.
    public init(_ operation: String) { self.init(operation, code: errno) }
    public init(_ operation: String, code: CInt) {
        self.operation = operation
        self.code = code
    }

    public var description: String { "\(operation): \(String(cString: strerror(code)))" }
}
