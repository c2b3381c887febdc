/// Rows in the binary format of COPY, for `copyIn("COPY t (a, b) FROM STDIN (FORMAT binary)")`: no escaping, and the same types as parameters.
///
/// Nothing is cast: an `integer` column wants `int4`, and `text` goes into text columns only.
public struct CopyRows: Sendable {
    private var bytes: [UInt8] = CopyRows.head
    private static let head: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

    /// No row yet.
    public init() {}

    /// How many bytes wait to be taken.
    public var count: Int { bytes.count }

    /// Adds a row: a value a column, in the order of the statement.
    public mutating func append(_ row: [Parameter]) {
        append(UInt16(truncatingIfNeeded: row.count))
        for value in row {
            guard let size = value.wireSize else {
                append(Int32(-1))
                continue
            }
            append(Int32(size))
            bytes += [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                guard let start = buffer.baseAddress else { return }
                var wire = WireWriter(at: UnsafeMutableRawPointer(start))
                value.write(to: &wire)
                count = size
            }
        }
    }

    /// What was added since the last time: a piece to send.
    public mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// The last piece: what is left, and the end mark. Nothing may be added afterwards.
    public mutating func end() -> [UInt8] {
        append(Int16(-1))
        return take()
    }

    private mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }
}
