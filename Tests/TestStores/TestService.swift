public import Kit
import Loop
import Mongo
import Telemetry
import TestKit
public import TestRoutes

/// A service on stores of its own, asked without a socket: the routes that production serves, as anybody.
public struct TestService: Sendable {
    public let context: ServiceContext
    public let parts: ServiceParts
    /// Asks the public routes.
    public let call: RouteCaller
    /// Asks the routes for other services.
    public let callInternal: RouteCaller

    /// Makes the service on an empty PostgreSQL database, MongoDB database and event prefix of their own, migrates, runs `body`, and removes all of it.
    /// What the service calls goes to `transport`; `settings` are further `LYCEUM_…` variables without the prefix.
    public static func with<S: HostedService>(
        _: S.Type, transport: any ServiceTransport = AbsentServices(), clock: WallClock = .system, settings: [String: String] = [:],
        _ body: (TestService) async throws -> Void
    ) async throws {
        let loops = LoopGroup(count: 1)
        let stack = try TestStack.load()
        let unique = uniqueName(S.name)
        try await TestDatabase.with(S.name, on: loops) { url in
            var environment = [
                "POSTGRES_URL": url, "MONGO_URL": stackMongo(stack), "MONGO_DATABASE": unique, "RABBITMQ_URL": try stack.rabbitmq, "REDIS_URL": try stack.redis,
                "ELASTICSEARCH_URL": try stack.elasticsearch, "SMTP_URL": try stack.smtp, "EVENTS_PREFIX": unique, "SEARCH_ALIAS": unique,
                "GATEWAY_URL": "http://127.0.0.1:7400", "EDGE_URL": "http://127.0.0.1:7401", "PASSWORD_THREADS": "1",
                "POSTGRES_STATEMENT_TIMEOUT": "\(patience)ms", "POSTGRES_POOL_WAIT": "\(patience)ms", "MONGO_POOL_WAIT": "\(patience)ms",
            ]
            for (key, value) in settings { environment[key] = value }
            let configuration = ConfigurationReader(environment: Dictionary(uniqueKeysWithValues: environment.map { ("LYCEUM_\($0.key)", $0.value) }))
            let log = Log(service: S.name, level: .error)
            let context = ServiceContext(
                service: S.name, loops: loops, log: log, configuration: configuration.scoped(to: S.name), transport: transport, clock: clock, metrics: Metrics())
            _ = try await loops.run { try await S.migrate(context) }
            let parts = try S.make(context)
            try await loops.run { try await parts.prepare() }
            let service = TestService(
                context: context, parts: parts,
                call: try caller(parts.routes, context), callInternal: try caller(parts.internalRoutes, context))
            do { try await body(service) } catch {
                await loops.run { await parts.close() }
                throw error
            }
            await loops.run { await parts.close() }
        }
        try await MongoPool(uri: stackMongo(stack), threads: 1).dropDatabase(unique)
    }

    /// Milliseconds that a request and each of its statements may take here: tests of what a service does are none of its time limits, which a machine
    /// that is busy with other things would meet.
    private static var patience: Int { 60_000 }

    private static func caller(_ routes: [Route], _ context: ServiceContext) throws -> RouteCaller {
        var patient = routes
        for place in patient.indices { patient[place].timeoutMilliseconds = max(patient[place].timeoutMilliseconds, patience) }
        let table = try RouteTable(service: context.service, routes: patient, authenticator: TestAuthenticator(), log: context.log)
        return RouteCaller(table, on: context.loops)
    }

    private static func stackMongo(_ stack: TestStack) -> String { (try? stack.patientMongo) ?? "" }
}

/// No other service is there.
public struct AbsentServices: ServiceTransport {
    public init() {}
    public func call(_ call: ServiceCall) async throws(ServiceCallError) -> ServiceAnswer { throw ServiceCallError(service: call.service, kind: .unreachable) }
}

/// Other services as a test needs them: answers by a function of the call.
public struct AnsweringServices: ServiceTransport {
    private let answer: @Sendable (ServiceCall) -> ServiceAnswer
    public init(_ answer: @escaping @Sendable (ServiceCall) -> ServiceAnswer) { self.answer = answer }
    public func call(_ call: ServiceCall) async throws(ServiceCallError) -> ServiceAnswer { answer(call) }
}
