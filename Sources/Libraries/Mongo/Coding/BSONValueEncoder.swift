/// What a type encodes itself to.
struct BSONValueEncoder: Encoder {
    let node: EncodedNode
    let path: BSONPath

    var codingPath: [any CodingKey] { path.keys }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedEncodingContainer<Key> {
        node.becomeDocument()
        return KeyedEncodingContainer(Keyed<Key>(node: node, path: path))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.becomeArray()
        return Unkeyed(node: node, path: path)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: node, path: path) }

    struct Single: SingleValueEncodingContainer {
        let node: EncodedNode
        let path: BSONPath
        var codingPath: [any CodingKey] { path.keys }

        func encodeNil() { node.set(.null) }
        func encode(_ value: Bool) { node.set(.bool(value)) }
        func encode(_ value: String) { node.set(.string(value)) }
        func encode(_ value: Double) { node.set(.double(value)) }
        func encode(_ value: Float) { node.set(.double(Double(value))) }
        func encode(_ value: Int) throws { try node.encode(integer: value, path) }
        func encode(_ value: Int8) throws { try node.encode(integer: value, path) }
        func encode(_ value: Int16) throws { try node.encode(integer: value, path) }
        func encode(_ value: Int32) throws { try node.encode(integer: value, path) }
        func encode(_ value: Int64) throws { try node.encode(integer: value, path) }
        func encode(_ value: UInt) throws { try node.encode(integer: value, path) }
        func encode(_ value: UInt8) throws { try node.encode(integer: value, path) }
        func encode(_ value: UInt16) throws { try node.encode(integer: value, path) }
        func encode(_ value: UInt32) throws { try node.encode(integer: value, path) }
        func encode(_ value: UInt64) throws { try node.encode(integer: value, path) }
        func encode(_ value: some Encodable) throws { try node.encode(value, path) }
    }

    /// Fields: every value goes to its place through `encode` of any `Encodable`, and from there to `Single`.
    struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let node: EncodedNode
        let path: BSONPath
        var codingPath: [any CodingKey] { path.keys }

        private func encoder(_ key: any CodingKey) -> BSONValueEncoder {
            BSONValueEncoder(node: node.field(key.stringValue), path: path.appending(key))
        }

        func encodeNil(forKey key: Key) { node.field(key.stringValue).set(.null) }
        func encode(_ value: some Encodable, forKey key: Key) throws { try node.field(key.stringValue).encode(value, path.appending(key)) }

        func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
            encoder(key).container(keyedBy: keyedBy)
        }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(key).unkeyedContainer() }
        func superEncoder() -> any Encoder { encoder(BSONKey.superclass) }
        func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }
    }

    /// An array's values.
    struct Unkeyed: UnkeyedEncodingContainer {
        let node: EncodedNode
        let path: BSONPath
        var codingPath: [any CodingKey] { path.keys }
        var count: Int { node.count }

        private func next() -> BSONValueEncoder {
            let path = path.appending(BSONKey(count))
            return BSONValueEncoder(node: node.item(), path: path)
        }

        func encodeNil() { node.item().set(.null) }
        func encode(_ value: some Encodable) throws {
            let next = next()
            try next.node.encode(value, next.path)
        }

        func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type) -> KeyedEncodingContainer<Nested> { next().container(keyedBy: keyedBy) }
        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }
        func superEncoder() -> any Encoder { next() }
    }
}
