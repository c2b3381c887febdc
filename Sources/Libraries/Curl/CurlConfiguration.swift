/// How much a client does at once and how long it waits.
public struct CurlConfiguration: Sendable {
    /// Transfers that run at once on a loop; over HTTP/1.1 each has a connection of its own.
    public var transfersPerLoop = 64
    /// Transfers that wait for a place on a loop; the next is refused (`overloaded`).
    public var waitingPerLoop = 256
    /// How long one waits for a place, in milliseconds.
    public var waitMilliseconds = 1000
    /// How long a connection may take to be made, name and TLS included, in milliseconds.
    public var connectMilliseconds = 1000
    /// Bytes of one answer's header fields.
    public var headBytes = 64 << 10
    /// A PEM file of certificate authorities to trust in place of the system's.
    public var certificateAuthorities: String?
    /// What a server sees as `User-Agent`.
    public var userAgent = "lyceum"

    /// The defaults, which suit calls between services.
    public init() {}
}
