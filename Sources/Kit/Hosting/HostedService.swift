/// One service of the product, as an executable hosts it: alone in a process, or beside the others.
public protocol HostedService: Sendable {
    /// `users`: names its configuration, its keys, its database and its lines in the log.
    static var name: String { get }
    /// Wires the service. Talks to nobody: what needs a server begins in `prepare` and in the background services.
    static func make(_ context: ServiceContext) throws -> ServiceParts
    /// Brings the service's store up to date; returns the names of what was applied.
    static func migrate(_ context: ServiceContext) async throws -> [String]
}
