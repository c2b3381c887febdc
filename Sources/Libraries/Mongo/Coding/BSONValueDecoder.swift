/// What a type decodes itself from.
struct BSONValueDecoder: Decoder {
    let decoded: DecodedValue

    var codingPath: [any CodingKey] { decoded.path.keys }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Keyed<Key>(try decoded.fields(), decoded.path))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { Unkeyed(try decoded.items(), decoded.path) }
    func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoded: decoded) }

    struct Single: SingleValueDecodingContainer {
        let decoded: DecodedValue
        var codingPath: [any CodingKey] { decoded.path.keys }

        func decodeNil() -> Bool { decoded.value == .null }
        func decode(_: Bool.Type) throws -> Bool { try decoded.bool() }
        func decode(_: String.Type) throws -> String { try decoded.string() }
        func decode(_: Double.Type) throws -> Double { try decoded.double() }
        func decode(_: Float.Type) throws -> Float { try decoded.float() }
        func decode(_ type: Int.Type) throws -> Int { try decoded.integer(type) }
        func decode(_ type: Int8.Type) throws -> Int8 { try decoded.integer(type) }
        func decode(_ type: Int16.Type) throws -> Int16 { try decoded.integer(type) }
        func decode(_ type: Int32.Type) throws -> Int32 { try decoded.integer(type) }
        func decode(_ type: Int64.Type) throws -> Int64 { try decoded.integer(type) }
        func decode(_ type: UInt.Type) throws -> UInt { try decoded.integer(type) }
        func decode(_ type: UInt8.Type) throws -> UInt8 { try decoded.integer(type) }
        func decode(_ type: UInt16.Type) throws -> UInt16 { try decoded.integer(type) }
        func decode(_ type: UInt32.Type) throws -> UInt32 { try decoded.integer(type) }
        func decode(_ type: UInt64.Type) throws -> UInt64 { try decoded.integer(type) }
        func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoded.decode(type) }
    }

    /// Fields by name.
    struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        private let values: [String: BSONValue]
        private let path: BSONPath
        let allKeys: [Key]
        var codingPath: [any CodingKey] { path.keys }

        init(_ fields: BSONDocument, _ path: BSONPath) {
            values = Dictionary(fields.fields.map { ($0.name, $0.value) }) { first, _ in first }
            allKeys = fields.fields.compactMap { Key(stringValue: $0.name) }
            self.path = path
        }

        func contains(_ key: Key) -> Bool { values[key.stringValue] != nil }
        func decodeNil(forKey key: Key) throws -> Bool { try value(key).value == .null }
        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try value(key).decode(type) }

        func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
            try decoder(key).container(keyedBy: keyedBy)
        }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try decoder(key).unkeyedContainer() }
        func superDecoder() throws -> any Decoder { try decoder(BSONKey.superclass) }
        func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

        private func decoder(_ key: any CodingKey) throws -> BSONValueDecoder { BSONValueDecoder(decoded: try value(key)) }

        private func value(_ key: any CodingKey) throws -> DecodedValue {
            let path = path.appending(key)
            guard let value = values[key.stringValue] else { throw path.error(.missing) }
            return DecodedValue(value, path)
        }
    }

    /// An array's values, one after the other.
    struct Unkeyed: UnkeyedDecodingContainer {
        private let items: [BSONValue]
        private let path: BSONPath
        private(set) var currentIndex = 0
        var codingPath: [any CodingKey] { path.keys }
        var count: Int? { items.count }
        var isAtEnd: Bool { currentIndex >= items.count }

        init(_ items: [BSONValue], _ path: BSONPath) {
            self.items = items
            self.path = path
        }

        /// A null is passed, anything else stays the next.
        mutating func decodeNil() throws -> Bool {
            guard try peek().value == .null else { return false }
            currentIndex += 1
            return true
        }

        /// What does not decode stays the next.
        mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
            let result = try peek().decode(type)
            currentIndex += 1
            return result
        }

        mutating func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
            try next().container(keyedBy: keyedBy)
        }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
        mutating func superDecoder() throws -> any Decoder { try next() }

        private mutating func next() throws -> BSONValueDecoder {
            let decoder = BSONValueDecoder(decoded: try peek())
            currentIndex += 1
            return decoder
        }

        private func peek() throws -> DecodedValue {
            let path = path.appending(BSONKey(currentIndex))
            guard !isAtEnd else { throw path.error(.missing) }
            return DecodedValue(items[currentIndex], path)
        }
    }
}
