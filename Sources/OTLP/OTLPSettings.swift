public import Kit

/// Where traces go, and how many of them.
public struct OTLPSettings: Sendable {
    /// The collector's OTLP/HTTP base, `/v1/traces` is put after it. Nil: nothing is exported.
    public var endpoint: String?
    /// Header fields for the collector, such as its key.
    var headers: [(name: String, value: String)] = []
    /// Of the traces that begin here, so many are kept: 0 to 1.
    public var ratio = 1.0
    /// Spans that wait at most; more are dropped and counted.
    public var queued = 4096
    /// Spans of one request.
    var batch = 512
    /// How often the queue is looked at, in milliseconds.
    var interval = 250
    /// How long a request may take, in milliseconds.
    var requestMilliseconds = 10_000
    /// How long a batch is tried, pauses included, in milliseconds.
    var batchMilliseconds = 60_000
    /// How long what is left may take when the process ends, in milliseconds.
    var finalMilliseconds = 3_000
    /// When a batch that is not taken is sent again.
    var retry = OTLPRetry()

    /// For a collector at `endpoint`.
    public init(endpoint: String?) { self.endpoint = endpoint }

    /// `LYCEUM_OTLP_URL` or `OTEL_EXPORTER_OTLP_ENDPOINT`, `LYCEUM_OTLP_HEADERS` or `OTEL_EXPORTER_OTLP_HEADERS` (`name=value,…`,
    /// percent-encoded), and `LYCEUM_TRACE_RATIO` or `OTEL_TRACES_SAMPLER_ARG`.
    public init(_ configuration: ConfigurationReader) throws(ConfigurationError) {
        endpoint = try configuration.optionalURL("OTLP_URL", schemes: ["http", "https"])?.base
        ratio = try configuration.fraction("TRACE_RATIO", default: 1)
        guard let text = try configuration.optionalSecret("OTLP_HEADERS")?.reveal() else { return }
        guard let headers = OTLPSettings.headers(in: text) else {
            throw ConfigurationError(key: "LYCEUM_OTLP_HEADERS", "is not of the form name=value,name=value")
        }
        self.headers = headers
    }

    /// As W3C Baggage writes them, which is how OpenTelemetry's exporters take them.
    static func headers(in text: String) -> [(name: String, value: String)]? {
        var headers: [(name: String, value: String)] = []
        for item in text.split(separator: ",") {
            let parts = item.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard parts.count == 2, let value = Percent.decoded(parts[1]) else { return nil }
            headers.append((String(parts[0]), value))
        }
        return headers
    }
}

/// RFC 3986, section 2.1.
private enum Percent {
    /// Nil when a `%` is not followed by two hexadecimal digits, or the bytes are no UTF-8.
    static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let digits = String(rest.prefix(2)), digits.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
