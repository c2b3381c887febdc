import Kit
import OTLP
import Telemetry

/// What `lyceum-media worker` is told by its environment.
struct WorkerSettings: Sendable {
    /// A folder with `service-worker.jwk`.
    let keys: String
    /// Base of the internal routes of the media service.
    let media: String
    let address: String
    let adminPort: UInt16
    /// Jobs at once.
    let slots: Int
    /// A folder below which each process makes its own.
    let temporary: String
    let level: LogLevel
    let traces: OTLPSettings

    init(_ configuration: ConfigurationReader) throws(ConfigurationError) {
        let base = try configuration.int("PORT_BASE", default: 7400, in: 1024...65_000)
        keys = try configuration.string("KEYS_DIRECTORY")
        media = try configuration.url("MEDIA_URL", schemes: ["http", "https"], default: "http://127.0.0.1:\(base + 33)").base
        address = try configuration.string("ADDRESS", default: "127.0.0.1")
        adminPort = try configuration.port("MEDIA_WORKER_ADMIN_PORT", default: UInt16(base + 40))
        slots = try configuration.int("MEDIA_SLOTS", default: 1, in: 1...64)
        let folder = configuration.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        temporary = try configuration.string("MEDIA_TEMPORARY", default: "\(folder)/lyceum-media-worker")
        traces = try OTLPSettings(configuration)
        level = try configuration.choice("LOG_LEVEL", LogLevel.self, default: .info)
    }
}
