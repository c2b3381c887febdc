import Glibc
import HTTP
import Kit
import Loop
import Redis
import Telemetry

/// `lyceum serve users`, `lyceum serve all`: runs services until SIGTERM or SIGINT.
enum ServeCommand {
    static let verb = Verb(
        "serve", "Run a service, or all of them, until SIGTERM.",
        details: """
            Each service listens on a public port, which the gateway routes to, and on an admin port with /health/live, /health/ready, /metrics and the
            routes for other services. SIGTERM: not ready at once, open requests are answered, then it ends.
            """,
        examples: ["serve all", "serve courses"],
        arguments: [Argument("SERVICE", "Which.", choices: HostedServices.names + ["all"])], run: run)

    private static func run(_ words: Words) async throws -> Int32 {
        Signals.block()
        signal(SIGPIPE, SIG_IGN)
        OpenFiles.raiseLimit()
        let program = try Program()
        let chosen = HostedServices.named(words.argument(0) ?? "")
        let log = program.log(chosen.count == 1 ? chosen[0].name : "lyceum")
        var services: [any Service] = []
        var parts: [ServiceParts] = []
        for service in chosen {
            let made = try service.make(try program.context(service.name))
            parts.append(made)
            services += try listeners(of: service.name, made, program)
        }
        let all = parts
        do {
            try await program.loops.run { for part in all { try await part.prepare() } }
            let exporter: [any Service] = program.exporter.map { [$0] } ?? []
            let services = exporter + all.flatMap(\.background) + services
            try await ServiceGroup(services, on: program.loops, log: log, times: try program.times()).run()
        } catch {
            log.error("ended by an error", [("error", .string("\(error)"))])
            StandardOutputSink.shared.flush()
            throw error
        }
        await program.loops.run {
            for part in all { await part.close() }
            await program.counts?.close()
        }
        StandardOutputSink.shared.flush()
        return 0
    }

    /// What listens for a service, not yet bound.
    static func listeners(of name: String, _ parts: ServiceParts, _ program: Program) throws -> [any Service] {
        let authenticator = try program.authenticator(name)
        let keys = HealthCheck("keys of the users service", neededForReady: false) { try await authenticator.checkKeys() }
        let address = try program.configuration.string("ADDRESS", default: "127.0.0.1")
        let log = program.log(name), tracer = program.tracer(name)
        let open = try OpenPort.configuration(
            of: name, address: address, ports: program.ports, loops: program.loops.loops.count, program.configuration.scoped(to: name))
        let admin = HTTPService.Configuration(address: address, port: try program.ports.admin(name))
        var listeners: [any Service] = [
            try AdminService(
                service: name, checks: parts.checks + [keys], routes: parts.internalRoutes, authenticator: authenticator, configuration: admin, loops: program.loops,
                log: log, tracer: tracer),
        ]
        if !parts.routes.isEmpty {
            let limiting = try program.limiter(name).map { try RateLimiting($0, routes: parts.routes, program.configuration.scoped(to: name)) }
            listeners.append(try HTTPService(
                service: name, routes: parts.routes, authenticator: authenticator, configuration: open, limiting: limiting, loops: program.loops, log: log,
                tracer: tracer))
        }
        return listeners
    }
}
