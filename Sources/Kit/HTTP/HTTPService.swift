public import HTTP
public import Loop
public import Telemetry

/// The listener of a service: its routes on one port, a socket for each loop.
///
/// While the process drains, answers close their connections. When it is cancelled it takes no more of them, lets what runs come to its end and
/// returns.
public struct HTTPService: Service {
    /// Where and how to listen.
    public struct Configuration: Sendable {
        /// A numeric address.
        public var address: String
        /// 0 lets the system choose.
        public var port: UInt16
        /// What a client may take.
        public var limits: Server.Limits
        /// Requests that run at once. The next ones wait a moment, and are told to come back later when more is asked for than fits; nil: any number runs.
        public var concurrency: Int?
        /// From the end being asked for to open requests being broken off.
        public var graceMilliseconds: UInt64 = 15_000

        /// A port of an address, this machine's own if nothing else is said.
        public init(address: String = "127.0.0.1", port: UInt16, limits: Server.Limits = Server.Limits()) {
            self.address = address
            self.port = port
            self.limits = limits
        }
    }

    /// For logs: `users http`.
    public let name: String
    /// The routes, to be asked without a socket.
    public let table: RouteTable
    private let configuration: Configuration
    private let loops: LoopGroup
    private let log: Log
    private let state: RunState
    private let bound = Locked<UInt16?>(nil)

    /// The listener of the service `service`, which holds the limits of its routes by `limiting`; nil: none. Throws `RouteTable.Conflict` when two routes match the same requests.
    public init(
        service: String, routes: [Route], authenticator: any Authenticating, configuration: Configuration, limiting: RateLimiting? = nil,
        loops: LoopGroup, log: Log, state: RunState = .process, metrics: Metrics = .shared, tracer: Tracer? = nil
    ) throws(RouteTable.Conflict) {
        let table = try RouteTable(
            service: service, routes: routes, authenticator: authenticator, admission: configuration.concurrency.map { .init(running: $0) },
            limiting: limiting, log: log, metrics: metrics, tracer: tracer)
        self.init(name: "\(service) http", table: table, configuration: configuration, loops: loops, log: log, state: state)
    }

    init(name: String, table: RouteTable, configuration: Configuration, loops: LoopGroup, log: Log, state: RunState) {
        self.name = name
        self.table = table
        self.configuration = configuration
        self.loops = loops
        self.log = log
        self.state = state
    }

    /// The port, while it listens.
    public var port: UInt16? { bound.withLock { $0 } }

    /// Serves until the task is cancelled. Throws `ListenError`, which names the process that has the port.
    public func run() async throws { try await run(started: Started()) }

    /// The same; says when it listens.
    public func run(started: Started) async throws {
        let servers = try await Servers.start(
            address: configuration.address, port: configuration.port, on: loops, limits: configuration.limits, router: table.router,
            onRefusal: { [table] in table.refuse($0) })
        let port = servers.port
        bound.withLock { $0 = port }
        log.info("listening", [("name", .string(name)), ("address", .string(configuration.address)), ("port", .int(Int(port)))])
        started()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [state] in
                await state.untilDraining()
                if !Task.isCancelled { await servers.drain() }
            }
            await untilCancelled()
            group.cancelAll()
        }
        await servers.stop(graceMilliseconds: configuration.graceMilliseconds)
        bound.withLock { $0 = nil }
    }
}
