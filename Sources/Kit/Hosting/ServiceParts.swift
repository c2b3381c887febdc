/// What a service is made of, for its host to run.
public struct ServiceParts: Sendable {
    /// Answered on the public port.
    public var routes: [Route]
    /// Answered on the admin port, for other services.
    public var internalRoutes: [Route]
    /// Run beside the ports: relays, consumers, sweepers. Started before the ports, stopped after them.
    public var background: [any Service]
    /// What it needs to be ready.
    public var checks: [HealthCheck]
    /// Runs once before anything is served; it throws when the store's schema is not the one that this program knows.
    public var prepare: @Sendable () async throws -> Void
    /// Runs last: lets go of connections.
    public var close: @Sendable () async -> Void

    /// Parts of a service; what is not named it does not have.
    public init(
        routes: [Route] = [], internalRoutes: [Route] = [], background: [any Service] = [], checks: [HealthCheck] = [],
        prepare: @escaping @Sendable () async throws -> Void = {}, close: @escaping @Sendable () async -> Void = {}
    ) {
        self.routes = routes
        self.internalRoutes = internalRoutes
        self.background = background
        self.checks = checks
        self.prepare = prepare
        self.close = close
    }
}
