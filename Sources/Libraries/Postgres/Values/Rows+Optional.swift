public import Telemetry

extension Rows {
    @inline(__always) private func unlessNull<Value>(_ row: Int, _ column: Int, _ read: (Int, Int) -> Value) -> Value? {
        isNull(row, column) ? nil : read(row, column)
    }

    /// boolean or NULL
    public func optionalBool(_ row: Int, _ column: Int) -> Bool? { unlessNull(row, column, bool) }
    /// smallint or NULL
    public func optionalInt2(_ row: Int, _ column: Int) -> Int? { unlessNull(row, column, int2) }
    /// integer or NULL
    public func optionalInt4(_ row: Int, _ column: Int) -> Int? { unlessNull(row, column, int4) }
    /// bigint or NULL
    public func optionalInt8(_ row: Int, _ column: Int) -> Int? { unlessNull(row, column, int8) }
    /// smallint, integer, bigint or NULL
    public func optionalInt(_ row: Int, _ column: Int) -> Int? { unlessNull(row, column, int) }
    /// double precision or NULL
    public func optionalFloat8(_ row: Int, _ column: Int) -> Double? { unlessNull(row, column, float8) }
    /// text or NULL
    public func optionalText(_ row: Int, _ column: Int) -> String? { unlessNull(row, column, text) }
    /// bytea, the UTF-8 of a text, or NULL
    public func optionalBytes(_ row: Int, _ column: Int) -> [UInt8]? { unlessNull(row, column, bytes) }
    /// uuid or NULL
    public func optionalUUID(_ row: Int, _ column: Int) -> UUID16? { unlessNull(row, column, uuid) }
    /// timestamptz or NULL
    public func optionalTimestamp(_ row: Int, _ column: Int) -> Timestamp? { unlessNull(row, column, timestamp) }
}
