/// How often one client may ask for something: what a route declares beside its access policy.
///
/// `LYCEUM_LIMIT_<NAME>`, in capitals and with `_` for `-`, sets another quota, or `off`.
public struct RateLimit: Sendable, Hashable {
    /// Whom requests are counted for.
    public enum Client: Sendable, Hashable {
        /// The address that the request comes from, an IPv6 one with all of its /64. Counted before the token is looked at.
        case address
        /// Who is signed in, wherever from; the address while nobody is. Counted after the access policy has let them in.
        case person
    }
    /// What it is called in header fields, keys and metrics: `sign-in`. Routes that name the same limit share it.
    public let name: String
    /// So many in so much time: all at once or one after the other, and what was used comes back evenly.
    public let quota: Quota
    /// For each of these.
    public let client: Client
    /// What one request takes of the quota.
    public let cost: Int

    /// A limit; `name` is of lower-case letters and dashes.
    public init(_ name: String, _ quota: Quota, for client: Client, cost: Int = 1) {
        self.name = name
        self.quota = quota
        self.client = client
        self.cost = cost
    }

    /// The variable that sets another quota, without the prefix.
    var key: String { "LIMIT_" + String(name.uppercased().map { $0 == "-" ? "_" : $0 }) }
    /// As a policy is told to clients: `"sign-in";q=5;w=60`.
    var field: String { "\"\(name)\";q=\(quota.count);w=\(quota.seconds)" }

    func with(_ quota: Quota) -> RateLimit { RateLimit(name, quota, for: client, cost: cost) }
}
