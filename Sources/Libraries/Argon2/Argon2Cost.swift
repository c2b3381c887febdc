/// What one hash costs whoever guesses, and us (RFC 9106).
public struct Argon2Cost: Sendable, Equatable {
    /// Memory in KiB.
    public var memoryKiB: UInt32
    /// Passes over the memory.
    public var passes: UInt32
    /// Lanes; each would be a thread of its own while the hash is made.
    public var lanes: UInt32

    /// A cost of these parts.
    public init(memoryKiB: UInt32, passes: UInt32, lanes: UInt32) {
        self.memoryKiB = memoryKiB
        self.passes = passes
        self.lanes = lanes
    }

    /// OWASP's first choice for argon2id: 19 MiB, two passes, one lane; some 30 ms of a core.
    public static let standard = Argon2Cost(memoryKiB: 19456, passes: 2, lanes: 1)

    /// The most that a stored hash may ask for: a hash that comes from elsewhere must not be able to exhaust the server.
    static let limit = Argon2Cost(memoryKiB: 65536, passes: 8, lanes: 4)

    /// Whether the parts make sense to libargon2 and stay within `limit`.
    var isGranted: Bool {
        (1...Self.limit.passes).contains(passes) && (1...Self.limit.lanes).contains(lanes)
            && (8 * lanes...Self.limit.memoryKiB).contains(memoryKiB)
    }
}
