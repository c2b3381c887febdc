import JSON

/// The twelve bytes that MongoDB makes for an `_id` when nobody gives one. Lyceum's own ids are UUIDs; this reads what others wrote.
public struct BSONObjectID: Sendable, Hashable {
    /// The twelve bytes.
    public let bytes: [UInt8]

    /// From twelve bytes; nil for any other count.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 12 else { return nil }
        self.bytes = Array(bytes)
    }

    /// From 24 hexadecimal digits; nil for any other text.
    public init?(_ text: String) {
        guard let bytes = Hex.decode(text) else { return nil }
        self.init(bytes)
    }
}

extension BSONObjectID: CustomStringConvertible {
    /// The 24 hexadecimal digits, lower-case.
    public var description: String {
        Hex.encode(bytes)
    }
}
