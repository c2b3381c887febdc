// The getters. Each says what it takes; a wrong or missing value is an error that names the variable.
extension ConfigurationReader {
    /// A text.
    public func string(_ key: String, default fallback: String? = nil) throws(ConfigurationError) -> String {
        let value = try optionalString(key, default: fallback)
        guard let value else { throw missing(key, expected: "a text") }
        return value
    }

    /// A text, nil when it is not set.
    public func optionalString(_ key: String, default fallback: String? = nil) throws(ConfigurationError) -> String? {
        try read(key, expected: "a text", fallback: fallback, shown: { $0 }, parse: { $0 })
    }

    /// A text that is never shown.
    public func secret(_ key: String, default fallback: Secret? = nil) throws(ConfigurationError) -> Secret {
        guard let value = try optionalSecret(key, default: fallback) else { throw missing(key, expected: "a secret") }
        return value
    }

    /// A text that is never shown, nil when it is not set.
    public func optionalSecret(_ key: String, default fallback: Secret? = nil) throws(ConfigurationError) -> Secret? {
        try read(key, expected: "a secret", fallback: fallback, shown: \.description, isSecret: true, parse: { Secret($0) })
    }

    /// A whole number of `range`.
    public func int(_ key: String, default fallback: Int? = nil, in range: ClosedRange<Int> = 0...Int.max) throws(ConfigurationError) -> Int {
        let expected = "a whole number from \(range.lowerBound)" + (range.upperBound == .max ? "" : " to \(range.upperBound)")
        let value = try read(key, expected: expected, fallback: fallback, shown: { "\($0)" }) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
        guard let value else { throw missing(key, expected: expected) }
        return value
    }

    /// A number from 0 to 1.
    public func fraction(_ key: String, default fallback: Double) throws(ConfigurationError) -> Double {
        try read(key, expected: "a number from 0 to 1", fallback: fallback, shown: { "\($0)" }) { text in
            Double(text).flatMap { 0...1 ~= $0 ? $0 : nil }
        } ?? fallback
    }

    /// A TCP port.
    public func port(_ key: String, default fallback: UInt16? = nil) throws(ConfigurationError) -> UInt16 {
        UInt16(try int(key, default: fallback.map(Int.init), in: 1...65535))
    }

    /// `true` or `false`.
    public func bool(_ key: String, default fallback: Bool) throws(ConfigurationError) -> Bool {
        try read(key, expected: "true or false", fallback: fallback, shown: { "\($0)" }) { Bool($0) } ?? fallback
    }

    /// A time in milliseconds: `1500`, `1500ms`, `1.5s`, `2m` or `1h`.
    public func milliseconds(
        _ key: String, default fallback: Int? = nil, in range: ClosedRange<Int> = 0...86_400_000
    ) throws(ConfigurationError) -> Int {
        let expected = "a time from \(range.lowerBound) to \(range.upperBound) ms, as 1500, 1500ms, 1.5s, 2m or 1h"
        let value = try read(key, expected: expected, fallback: fallback, shown: { "\($0)ms" }) { text in
            Self.parseMilliseconds(text).flatMap { range.contains($0) ? $0 : nil }
        }
        guard let value else { throw missing(key, expected: expected) }
        return value
    }

    /// An absolute URL of one of `schemes`; its password is masked wherever it is shown.
    public func url(_ key: String, schemes: [String], default fallback: String? = nil) throws(ConfigurationError) -> ConnectionURL {
        guard let url = try optionalURL(key, schemes: schemes, default: fallback) else {
            throw missing(key, expected: Self.expectedURL(schemes))
        }
        return url
    }

    /// An absolute URL of one of `schemes`, nil when it is not set.
    public func optionalURL(_ key: String, schemes: [String], default fallback: String? = nil) throws(ConfigurationError) -> ConnectionURL? {
        let fallback = fallback.flatMap { ConnectionURL($0) }
        return try read(key, expected: Self.expectedURL(schemes), fallback: fallback, shown: \.description, isSecret: true) { text in
            ConnectionURL(text).flatMap { schemes.contains($0.scheme) ? $0 : nil }
        }
    }

    /// One of the values of an enumeration.
    public func choice<E: RawRepresentable & CaseIterable>(
        _ key: String, _: E.Type, default fallback: E? = nil
    ) throws(ConfigurationError) -> E where E.RawValue == String {
        let expected = "one of \(E.allCases.map(\.rawValue).joined(separator: ", "))"
        guard let value = try read(key, expected: expected, fallback: fallback, shown: \.rawValue, parse: { E(rawValue: $0) }) else {
            throw missing(key, expected: expected)
        }
        return value
    }

    private static func expectedURL(_ schemes: [String]) -> String {
        "a URL \(schemes.map { "\($0)://…" }.joined(separator: " or "))"
    }

    static func parseMilliseconds(_ text: String) -> Int? {
        for (suffix, factor) in [("ms", 1.0), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("", 1)] where text.hasSuffix(suffix) {
            guard let number = Double(text.dropLast(suffix.count)), number.isFinite, number >= 0, number * factor < 1e15 else { return nil }
            return Int((number * factor).rounded())
        }
        return nil
    }
}
