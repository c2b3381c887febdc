import Loop

/// Reads `LYCEUM_<KEY>` from an environment and remembers what was read and where it came from.
///
/// A key is named without its prefix: `POSTGRES_URL`. A reader for the service `users` looks at `LYCEUM_USERS_POSTGRES_URL` before
/// `LYCEUM_POSTGRES_URL`. Either may be given as `…_FILE`, the path of a mounted file that holds the value. An empty variable counts as not set.
public final class ConfigurationReader: Sendable {
    /// What was found for one key.
    struct Found {
        let variable: String
        let value: String
        let source: ConfigurationEntry.Source
    }

    /// All of it, for what has no getter here.
    public let environment: [String: String]
    /// The service whose own variables go first.
    public let service: String?
    private let files: @Sendable (String) throws -> [UInt8]
    private let record: Locked<[String: ConfigurationEntry]>

    /// `files` reads a mounted file.
    public convenience init(
        environment: [String: String], service: String? = nil, files: @escaping @Sendable (String) throws -> [UInt8] = MountedFile.read
    ) {
        self.init(environment, service, files, Locked([:]))
    }

    private init(
        _ environment: [String: String], _ service: String?, _ files: @escaping @Sendable (String) throws -> [UInt8],
        _ record: Locked<[String: ConfigurationEntry]>
    ) {
        self.environment = environment
        self.service = service
        self.files = files
        self.record = record
    }

    /// A reader of the same environment and record for which `LYCEUM_<SERVICE>_<KEY>` goes before `LYCEUM_<KEY>`.
    public func scoped(to service: String) -> ConfigurationReader { ConfigurationReader(environment, service, files, record) }

    /// What was read so far, by variable: what `lyceum config` prints. Secrets are masked in it.
    public var entries: [ConfigurationEntry] { record.withLock { $0.values.sorted { $0.variable < $1.variable } } }

    /// `LYCEUM_…` variables of the environment that nobody has asked for: misspelt, most likely.
    public var unread: [String] {
        let read = record.withLock { record in Set(record.values.map(\.variable)) }
        return environment.keys.filter { name in
            name.hasPrefix("LYCEUM_") && !read.contains(name) && !(name.hasSuffix("_FILE") && read.contains(String(name.dropLast(5))))
        }.sorted()
    }

    /// The names that OpenTelemetry has settled for what these keys say.
    private static let settled = [
        "OTLP_URL": "OTEL_EXPORTER_OTLP_ENDPOINT", "OTLP_HEADERS": "OTEL_EXPORTER_OTLP_HEADERS", "TRACE_RATIO": "OTEL_TRACES_SAMPLER_ARG",
    ]

    /// The variables that may hold `key`, the one that wins first.
    func variables(_ key: String) -> [String] {
        let general = ["LYCEUM_\(key)"] + (Self.settled[key].map { [$0] } ?? [])
        guard let service else { return general }
        return ["LYCEUM_\(service.uppercased().replacing("-", with: "_"))_\(key)"] + general
    }

    /// The variable that a message names: the one in force, or the general one.
    func variable(_ key: String) -> String {
        variables(key).first { environment[$0]?.isEmpty == false || environment["\($0)_FILE"]?.isEmpty == false } ?? "LYCEUM_\(key)"
    }

    func find(_ key: String) throws(ConfigurationError) -> Found? {
        for variable in variables(key) {
            let value = environment[variable].flatMap { $0.isEmpty ? nil : $0 }
            let file = environment["\(variable)_FILE"].flatMap { $0.isEmpty ? nil : $0 }
            if value != nil && file != nil { throw ConfigurationError(key: variable, "is set, and so is \(variable)_FILE: set one of them") }
            if let value { return Found(variable: variable, value: value, source: .environment) }
            if let file { return Found(variable: variable, value: try content(of: file, for: "\(variable)_FILE"), source: .file(file)) }
        }
        return nil
    }

    private func content(of path: String, for variable: String) throws(ConfigurationError) -> String {
        let bytes: [UInt8]
        do { bytes = try files(path) } catch { throw ConfigurationError(key: variable, "cannot read \(path): \(error)") }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(key: variable, "\(path) is not UTF-8 text")
        }
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { throw ConfigurationError(key: variable, "\(path) is empty") }
        return text
    }

    /// Remembers what is in force; `shown` is the value as it may be seen.
    func note(_ key: String, _ found: Found?, shown: String) {
        let entry = ConfigurationEntry(variable: found?.variable ?? "LYCEUM_\(key)", value: shown, source: found?.source ?? .default)
        record.withLock { $0[entry.variable] = entry }
    }

    /// Reads a key: what `parse` makes of its value, or `fallback`; an error says that it is not `expected`.
    func read<T>(
        _ key: String, expected: String, fallback: T?, shown: (T) -> String, isSecret: Bool = false, parse: (String) -> T?
    ) throws(ConfigurationError) -> T? {
        guard let found = try find(key) else {
            note(key, nil, shown: fallback.map(shown) ?? "(not set)")
            return fallback
        }
        guard let value = parse(found.value) else {
            throw ConfigurationError(key: found.variable, isSecret ? "is not \(expected)" : "\"\(found.value)\" is not \(expected)")
        }
        note(key, found, shown: shown(value))
        return value
    }

    /// What a key without value and default says.
    func missing(_ key: String, expected: String) -> ConfigurationError {
        ConfigurationError(key: variables(key)[0], "is not set; expected is \(expected)")
    }
}
