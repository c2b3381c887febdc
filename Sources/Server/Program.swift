import Curl
import Kit
import Loop
import OTLP
import Redis
import ServiceCalls
import Telemetry

/// What every verb that does something needs: configuration, log, loops, a way to call services.
struct Program: Sendable {
    let configuration: ConfigurationReader
    let loops: LoopGroup
    let curl: CurlClient
    let ports: Ports
    let level: LogLevel
    /// Where requests are counted for all processes (`LYCEUM_REDIS_URL`); nil where there is no such place: then no limit of a route is held.
    let counts: RedisPool?
    /// Nil when traces are not exported.
    let exporter: OTLPExporter?

    init(loops count: Int? = nil) throws {
        configuration = ConfigurationReader(environment: ConfigurationReader.processEnvironment)
        level = try configuration.choice("LOG_LEVEL", LogLevel.self, default: .info)
        ports = try Ports(configuration)
        loops = LoopGroup(count: try count ?? configuration.int("LOOPS", default: LoopGroup.cores, in: 1...64))
        curl = CurlClient(loops)
        let log = Log(service: "lyceum", level: level)
        counts = try configuration.optionalURL("REDIS_URL", schemes: ["redis"]).map { [loops] in try RedisPool(url: $0.text, on: loops, log: log) }
        exporter = OTLPExporter(try OTLPSettings(configuration), client: curl, log: log)
    }

    func log(_ service: String) -> Log { Log(service: service, level: level) }
    /// Who counts requests for the service called `name`.
    func limiter(_ name: String) -> RedisRateLimiter? { counts.map { RedisRateLimiter($0, log: log(name)) } }
    /// Where the spans of the service called `name` go.
    func tracer(_ name: String) -> Tracer? { exporter?.tracer(for: name) }

    /// What the service called `name` is given.
    func context(_ name: String) throws -> ServiceContext {
        ServiceContext(
            service: name, loops: loops, log: log(name), configuration: configuration.scoped(to: name), transport: try transport(as: name),
            tracer: tracer(name))
    }

    /// Calls to other services, signed by the service called `name`.
    func transport(as name: String) throws -> any ServiceTransport {
        let keys = try SigningKeyFolder(try keys(), signer: "service-\(name)", log: log(name))
        let tokens = ServiceTokenSource(service: name) { await keys.signing }
        var addresses: [String: String] = [:]
        for service in HostedServices.names {
            let fallback = "http://127.0.0.1:\(try ports.admin(service))"
            addresses[service] = try configuration.url("\(service.uppercased())_URL", schemes: ["http", "https"], default: fallback).base
        }
        return CurlServiceTransport(client: curl, tokens: tokens, log: log(name)) { [addresses] in addresses[$0] }
    }

    /// How long a stop may take. Whoever sends requests is given time to see that this process is not ready any more before it stops listening.
    func times() throws -> ServiceGroup.Times {
        var times = ServiceGroup.Times()
        times.drainDelayMilliseconds = try configuration.milliseconds("DRAIN_DELAY", default: 5000, in: 0...60_000)
        return times
    }

    /// Checks tokens for the service called `name`.
    func authenticator(_ name: String) throws -> Authenticator {
        let fallback = "http://127.0.0.1:\(try ports.open("users"))/.well-known/jwks.json"
        let url = try configuration.url("JWKS_URL", schemes: ["http", "https"], default: fallback).text
        let file = "\(try keys())/services.jwks.json"
        return Authenticator(
            service: name, userKeys: { [curl] in
                let answer = try await curl.send(CurlRequest(url, timeoutMilliseconds: 2000, limit: 1 << 20))
                guard answer.status == 200 else { throw ServiceCallError(service: "users", kind: .unexpectedStatus(answer.status)) }
                return answer.body
            }, serviceKeys: { try await MountedFile.aside { try MountedFile.read(file) } }, log: log(name))
    }

    private func keys() throws -> String { try configuration.string("KEYS_DIRECTORY") }
}
