internal import OpenSSL

/// One request that is to have its effect once: whose it is, what it is called, and what it says.
public struct IdempotentRequest: Sendable, Hashable {
    /// How long its answer is kept, in seconds.
    public static let keptSeconds = 86_400

    /// Keys of different users have nothing to do with each other.
    public let user: UserID
    /// Nor have those of different routes: `POST /v1/enrollments`.
    public let route: String
    /// The client's name for it.
    public let key: String
    /// SHA-256 of what it says: path, query, the fields that the route reads, body.
    public let fingerprint: [UInt8]

    /// A request as a store, or a test, describes it.
    public init(user: UserID, route: String, key: String, fingerprint: [UInt8]) {
        self.user = user
        self.route = route
        self.key = key
        self.fingerprint = fingerprint
    }

    /// A number for user, route and key together, for locks: nobody can choose a key that has another's.
    public var lock: Int64 {
        let digest = SHA256.digest("\(user) \(route) \(key)")
        return digest.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// SHA-256 of the parts, each with its length, so that none can run into the next.
    static func fingerprint(of parts: [[UInt8]]) -> [UInt8] {
        var hasher = SHA256.Hasher()
        for part in parts {
            hasher.update(Array("\(part.count):".utf8))
            hasher.update(part)
        }
        return hasher.finish()
    }
}
