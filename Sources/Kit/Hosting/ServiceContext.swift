public import Loop
public import Telemetry

/// What a service is given by the process that hosts it.
public struct ServiceContext: Sendable {
    /// The service's name.
    public let service: String
    /// Where its tasks run.
    public let loops: LoopGroup
    /// Its log.
    public let log: Log
    /// The configuration, scoped to the service: `LYCEUM_USERS_POSTGRES_URL` wins over `LYCEUM_POSTGRES_URL`.
    public let configuration: ConfigurationReader
    /// Calls to other services, as this one.
    public let transport: any ServiceTransport
    /// The time.
    public let clock: WallClock
    /// The process's metrics.
    public let metrics: Metrics
    /// Where its spans go; nil when traces are not exported.
    public let tracer: Tracer?

    /// What a host, or a test, gives to a service.
    public init(
        service: String, loops: LoopGroup, log: Log, configuration: ConfigurationReader, transport: any ServiceTransport,
        clock: WallClock = .system, metrics: Metrics = .shared, tracer: Tracer? = nil
    ) {
        self.service = service
        self.loops = loops
        self.log = log
        self.configuration = configuration
        self.transport = transport
        self.clock = clock
        self.metrics = metrics
        self.tracer = tracer
    }
}
