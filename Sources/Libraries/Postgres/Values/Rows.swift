internal import CPostgres
public import Telemetry

/// The answer to one statement, as it came: values are read in place, in binary.
///
/// A value is read by the type of its column. Reading a NULL, a column that is not there or one of another width is a mistake in the program and
/// traps with the column's name; what may be NULL is read by `optional…`.
public final class Rows: @unchecked Sendable {   // a PGresult is immutable and independent of its connection
    private let raw: OpaquePointer
    /// How many rows there are.
    public let count: Int
    /// How many columns each has.
    public let columnCount: Int

    /// Takes the result over.
    init(owning raw: OpaquePointer) {
        self.raw = raw
        count = Int(PQntuples(raw))
        columnCount = Int(PQnfields(raw))
    }
    deinit { PQclear(raw) }

    /// No row.
    public var isEmpty: Bool { count == 0 }
    /// How many rows the statement inserted, changed, deleted or selected.
    public var affected: Int { PQcmdTuples(raw).flatMap { Int(String(cString: $0)) } ?? 0 }
    /// What was done: `COMMIT`, `ROLLBACK`, `INSERT 0 1`.
    var commandTag: String { PQcmdStatus(raw).map { String(cString: $0) } ?? "" }

    /// The name of a column.
    public func name(ofColumn column: Int) -> String { PQfname(raw, CInt(column)).map { String(cString: $0) } ?? "?" }
    /// The first column of that name.
    public func column(_ name: String) -> Int? {
        let number = PQfnumber(raw, name)
        return number < 0 ? nil : Int(number)
    }
    /// The type of a column: `pg_type.oid`.
    func typeID(ofColumn column: Int) -> UInt32 { PQftype(raw, CInt(column)) }

    /// Whether the value is NULL.
    @inline(__always) public func isNull(_ row: Int, _ column: Int) -> Bool {
        checkIsThere(row, column)
        return PQgetisnull(raw, CInt(row), CInt(column)) == 1
    }

    @inline(__always) private func checkIsThere(_ row: Int, _ column: Int) {
        precondition(row >= 0 && row < count && column >= 0 && column < columnCount, "no such row or column")
    }

    /// The bytes of a value as the server sent them, valid as long as these rows live: for the library's own readers.
    @inline(__always) func wire(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
        checkIsThere(row, column)
        let length = Int(PQgetlength(raw, CInt(row), CInt(column)))
        // A NULL has no length: what has one need not be asked.
        if length == 0 && isNull(row, column) { wrong(column, "NULL") }
        return UnsafeRawBufferPointer(start: PQgetvalue(raw, CInt(row), CInt(column)), count: length)
    }

    @inline(__always) private func load<Value: FixedWidthInteger>(_ row: Int, _ column: Int, as type: Value.Type) -> Value {
        let bytes = wire(row, column)
        guard bytes.count == MemoryLayout<Value>.size else { wrong(column, "\(bytes.count) bytes wide") }
        return Value(bigEndian: bytes.loadUnaligned(as: Value.self))
    }

    func wrong(_ column: Int, _ what: String) -> Never {
        preconditionFailure("column \(column) (\(name(ofColumn: column)), type \(typeID(ofColumn: column))) is \(what)")
    }

    // MARK: - One value

    /// boolean
    public func bool(_ row: Int, _ column: Int) -> Bool { load(row, column, as: UInt8.self) != 0 }
    /// smallint
    public func int2(_ row: Int, _ column: Int) -> Int { Int(load(row, column, as: Int16.self)) }
    /// integer
    public func int4(_ row: Int, _ column: Int) -> Int { Int(load(row, column, as: Int32.self)) }
    /// bigint
    public func int8(_ row: Int, _ column: Int) -> Int { Int(load(row, column, as: Int64.self)) }
    /// smallint, integer or bigint
    public func int(_ row: Int, _ column: Int) -> Int {
        switch wire(row, column).count {
        case 2: int2(row, column)
        case 4: int4(row, column)
        default: int8(row, column)
        }
    }
    /// double precision
    public func float8(_ row: Int, _ column: Int) -> Double { Double(bitPattern: load(row, column, as: UInt64.self)) }
    /// uuid
    public func uuid(_ row: Int, _ column: Int) -> UUID16 {
        let bytes = wire(row, column)
        guard bytes.count == 16 else { wrong(column, "\(bytes.count) bytes wide") }
        return UUID16(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
    /// timestamptz. `infinity` and `-infinity` are the largest and the smallest number of microseconds.
    public func timestamp(_ row: Int, _ column: Int) -> Timestamp {
        Timestamp(microseconds: Rows.sinceUnixEpoch(load(row, column, as: Int64.self)))
    }

    /// text, varchar, an enum, json or jsonb: whatever is text in its binary form.
    public func text(_ row: Int, _ column: Int) -> String { withBytes(row, column) { String(decoding: $0, as: UTF8.self) } }
    /// bytea, or the UTF-8 of a text, json or jsonb.
    public func bytes(_ row: Int, _ column: Int) -> [UInt8] { withBytes(row, column) { Array($0) } }

    /// The same bytes where they lie, for a writer that copies them anyway. The pointer ends with `body`.
    @inline(__always) public func withBytes<R, Failure: Error>(
        _ row: Int, _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> R
    ) throws(Failure) -> R {
        let bytes = wire(row, column)
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        // jsonb is its version, then its text.
        let skip = bytes.count > 0 && typeID(ofColumn: column) == TypeID.jsonb ? 1 : 0
        return try body(UnsafeBufferPointer(start: start.map { $0 + skip }, count: bytes.count - skip))
    }

    static func sinceUnixEpoch(_ value: Int64) -> Int64 {
        value == .max || value == .min ? value : value.addingReportingOverflow(TypeID.epoch).partialValue
    }
}
