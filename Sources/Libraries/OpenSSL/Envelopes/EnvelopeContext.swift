/// The place that an envelope belongs to, a table, a column and a row, say. It is not in the envelope and must be the same when it is opened,
/// so that nobody who writes to a store can move one record's secret to another.
public struct EnvelopeContext: Sendable, Equatable {
    /// Each part behind its length, so that no two contexts have the same bytes.
    let bytes: [UInt8]
    /// Tells, before the data are looked at, whether an envelope is read where it belongs.
    let mark: [UInt8]
    static let markBytes = 16

    /// The place that these parts name, in this order.
    public init(_ parts: String...) {
        bytes = parts.flatMap { part in withUnsafeBytes(of: UInt32(part.utf8.count).bigEndian, Array.init) + Array(part.utf8) }
        mark = Array(SHA256.digest(bytes).prefix(Self.markBytes))
    }
}
