public import Telemetry

extension Rows {
    /// boolean[]
    public func boolArray(_ row: Int, _ column: Int) -> [Bool] { fixed(row, column, TypeID.bool) { (value: UInt8) in value != 0 } }
    /// smallint[]
    public func int2Array(_ row: Int, _ column: Int) -> [Int] { fixed(row, column, TypeID.int2) { (value: Int16) in Int(value) } }
    /// integer[]
    public func int4Array(_ row: Int, _ column: Int) -> [Int] { fixed(row, column, TypeID.int4) { (value: Int32) in Int(value) } }
    /// bigint[]
    public func int8Array(_ row: Int, _ column: Int) -> [Int] { fixed(row, column, TypeID.int8) { (value: Int64) in Int(value) } }
    /// double precision[]
    public func float8Array(_ row: Int, _ column: Int) -> [Double] {
        fixed(row, column, TypeID.float8) { (value: UInt64) in Double(bitPattern: value) }
    }
    /// timestamptz[]
    public func timestampArray(_ row: Int, _ column: Int) -> [Timestamp] {
        fixed(row, column, TypeID.timestamptz) { (value: Int64) in Timestamp(microseconds: Rows.sinceUnixEpoch(value)) }
    }
    /// uuid[]
    public func uuidArray(_ row: Int, _ column: Int) -> [UUID16] {
        array(row, column).map { element in
            guard let value = element.flatMap({ UUID16(bytes: $0) }) else { wrong(column, "not a uuid[] without NULLs") }
            return value
        }
    }
    /// text[], varchar[] or an array of an enum; its elements must not be NULL.
    public func textArray(_ row: Int, _ column: Int) -> [String] {
        optionalTextArray(row, column).map { element in
            guard let element else { wrong(column, "an array with a NULL in it") }
            return element
        }
    }
    /// text[] whose elements may be NULL.
    public func optionalTextArray(_ row: Int, _ column: Int) -> [String?] {
        array(row, column).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    }
    /// bytea[]
    public func bytesArray(_ row: Int, _ column: Int) -> [[UInt8]] {
        array(row, column).map { element in
            guard let element else { wrong(column, "an array with a NULL in it") }
            return Array(element)
        }
    }
    /// jsonb[], each as its UTF-8 text.
    public func jsonbArray(_ row: Int, _ column: Int) -> [[UInt8]] { bytesArray(row, column).map { Array($0.dropFirst()) } }

    private func fixed<Wire: FixedWidthInteger, Value>(_ row: Int, _ column: Int, _ type: UInt32, _ make: (Wire) -> Value) -> [Value] {
        array(row, column, of: type).map { element in
            guard let element, element.count == MemoryLayout<Wire>.size else { wrong(column, "an array of other elements, or with a NULL in it") }
            return make(Wire(bigEndian: element.loadUnaligned(as: Wire.self)))
        }
    }

    /// The elements where they lie; `[]` for an empty array. Arrays of more than one dimension are read as one.
    private func array(_ row: Int, _ column: Int, of type: UInt32? = nil) -> [UnsafeRawBufferPointer?] {
        guard let elements = ArrayReader.elements(of: wire(row, column), type: type) else { wrong(column, "not such an array") }
        return elements
    }
}

/// The binary form of an array: dimensions, whether there are NULLs, the type; then each element after its length.
enum ArrayReader {
    static func elements(of bytes: UnsafeRawBufferPointer, type: UInt32?) -> [UnsafeRawBufferPointer?]? {
        var place = 0
        func next() -> Int32? {
            guard place + 4 <= bytes.count else { return nil }
            defer { place += 4 }
            return Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int32.self))
        }
        guard let dimensions = next(), (0...6).contains(dimensions), next() != nil, let found = next() else { return nil }
        if let type, UInt32(bitPattern: found) != type { return nil }
        var count = dimensions == 0 ? 0 : 1
        for _ in 0..<dimensions {
            guard let length = next(), length >= 0, next() != nil else { return nil }
            count = count.multipliedReportingOverflow(by: Int(length)).partialValue
        }
        guard count >= 0, count <= bytes.count / 4 else { return nil }
        var elements: [UnsafeRawBufferPointer?] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            guard let length = next() else { return nil }
            if length < 0 {
                elements.append(nil)
                continue
            }
            guard place + Int(length) <= bytes.count else { return nil }
            elements.append(UnsafeRawBufferPointer(rebasing: bytes[place..<place + Int(length)]))
            place += Int(length)
        }
        return elements
    }
}
