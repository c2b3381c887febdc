/// So many in so much time, as an operator writes it: `30/60s`; or `off`.
public struct Quota: Sendable, Hashable {
    /// So many; 0 is no limit.
    public let count: Int
    /// In so many seconds.
    public let seconds: Int

    /// So many in so many seconds.
    public init(_ count: Int, seconds: Int) {
        self.count = count
        self.seconds = seconds
    }

    /// No limit.
    public static let off = Quota(0, seconds: 1)

    /// Reads `30/60s`, `30/1m`, `30/1h` or `off`; nil for anything else.
    init?(_ text: String) {
        if text == "off" {
            self = .off
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), 1...1_000_000 ~= count else { return nil }
        guard let milliseconds = ConfigurationReader.parseMilliseconds(String(parts[1])), 1000...86_400_000 ~= milliseconds else { return nil }
        self.init(count, seconds: milliseconds / 1000)
    }
}

extension Quota: CustomStringConvertible {
    /// As an operator writes it.
    public var description: String { count == 0 ? "off" : "\(count)/\(seconds)s" }
}

extension ConfigurationReader {
    /// A limit of requests.
    public func quota(_ key: String, default fallback: Quota) throws(ConfigurationError) -> Quota {
        try read(key, expected: "a limit like 30/60s, or off", fallback: fallback, shown: \.description, parse: { Quota($0) }) ?? fallback
    }
}
