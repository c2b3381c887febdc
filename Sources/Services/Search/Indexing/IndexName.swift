package import Telemetry

/// The name of an index behind an alias: `courses-v1-20261121t134036z`, with the version of the schema and the second in which it was made (UTC).
package struct IndexName: Sendable, Equatable, Comparable {
    package let text: String
    package let schemaVersion: Int
    private let made: String

    /// Of an index that is made now.
    package init(alias: String, at time: Timestamp) {
        let text = time.rfc3339
        let digits = text.filter(\.isNumber)
        self.init(alias, "\(digits.prefix(8))t\(digits.dropFirst(8).prefix(6))z")
    }

    /// The index that is made where none is: older than any other.
    package static func first(alias: String) -> IndexName { IndexName(alias, "00000000t000000z") }

    private init(_ alias: String, _ made: String) {
        schemaVersion = IndexDefinition.schemaVersion
        self.made = made
        text = "\(alias)-v\(schemaVersion)-\(made)"
    }

    /// Nil for a name that was not made here.
    package init?(_ text: String, alias: String) {
        guard text.hasPrefix("\(alias)-v") else { return nil }
        let parts = text.dropFirst(alias.count + 2).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let version = Int(parts[0]), parts[1].count == 16, parts[1].hasSuffix("z") else { return nil }
        (self.text, schemaVersion, made) = (text, version, String(parts[1]))
    }

    /// An older one comes first.
    package static func < (left: IndexName, right: IndexName) -> Bool { (left.made, left.schemaVersion) < (right.made, right.schemaVersion) }
}
