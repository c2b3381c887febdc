import Telemetry

/// A value that is being encoded. Containers that are asked for one after the other (as a class and its superclass do) share one.
final class EncodedNode {
    private enum Content {
        case nothing, value(BSONValue), items([EncodedNode])
        case fields([(name: String, node: EncodedNode)], places: [String: Int])
    }
    private var content = Content.nothing

    /// What was encoded: an empty document if it was nothing at all.
    var value: BSONValue {
        switch content {
        case .nothing: .document([:])
        case .value(let value): value
        case .items(let items): .array(items.map(\.value))
        case .fields(let fields, _): .document(BSONDocument(fields.map { (name: $0.name, value: $0.node.value) }))
        }
    }

    /// How many values an array has so far.
    var count: Int { if case .items(let items) = content { items.count } else { 0 } }

    func set(_ value: BSONValue) { content = .value(value) }

    func becomeDocument() {
        guard case .fields = content else { return content = .fields([], places: [:]) }
    }

    func becomeArray() {
        guard case .items = content else { return content = .items([]) }
    }

    /// The place for a field; what was there before goes.
    func field(_ name: String) -> EncodedNode {
        becomeDocument()
        let node = EncodedNode()
        guard case .fields(var fields, var places) = content else { return node }
        content = .nothing   // else the arrays are copied
        if let place = places[name] {
            fields[place].node = node
        } else {
            places[name] = fields.count
            fields.append((name, node))
        }
        content = .fields(fields, places: places)
        return node
    }

    /// The place for the next value of an array.
    func item() -> EncodedNode {
        becomeArray()
        let node = EncodedNode()
        guard case .items(var items) = content else { return node }
        content = .nothing
        items.append(node)
        content = .items(items)
        return node
    }

    /// Any value: kinds that BSON has by themselves, others as they encode themselves.
    func encode<T: Encodable>(_ value: T, _ path: BSONPath) throws {
        switch value {
        case let value as Timestamp: set(.date(value))
        case let value as UUID16: set(.uuid(value))
        case let value as BSONObjectID: set(.objectID(value))
        case let value as BSONValue: set(value)
        case let value as BSONDocument: set(.document(value))
        default:
            // `[Int8]()` would pass `as? [UInt8]`, as every empty array does.
            if T.self == [UInt8].self, let bytes = value as? [UInt8] { return set(.binary(bytes)) }
            try value.encode(to: BSONValueEncoder(node: self, path: path))
        }
    }

    /// An integer of any width.
    func encode(integer value: some FixedWidthInteger, _ path: BSONPath) throws {
        if value.bitWidth < 64, let small = Int32(exactly: value) { return set(.int32(small)) }
        guard let large = Int64(exactly: value) else { throw path.error(.outOfRange) }
        set(.int64(large))
    }
}
