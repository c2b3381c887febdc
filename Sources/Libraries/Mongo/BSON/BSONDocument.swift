/// Named values in the order in which they were added: a document, a filter, an update, a command.
///
/// A value type without libbson: it is made and read on any thread. Names are unique when it is built by `subscript`; a literal keeps what it says.
public struct BSONDocument: Sendable {
    /// One named value.
    public typealias Field = (name: String, value: BSONValue)

    /// The fields in order.
    public private(set) var fields: [Field]

    /// Of these fields, in their order.
    public init(_ fields: [Field] = []) { self.fields = fields }

    /// How many fields there are.
    public var count: Int { fields.count }

    /// Whether there is none.
    public var isEmpty: Bool { fields.isEmpty }

    /// The value named `name` itself (a dot has no meaning here); nil when there is none. Setting replaces it in its place or appends it;
    /// setting nil removes it.
    public subscript(name: String) -> BSONValue? {
        get { fields.first { $0.name == name }?.value }
        set {
            guard let at = fields.firstIndex(where: { $0.name == name }) else {
                if let newValue { fields.append((name, newValue)) }
                return
            }
            if let newValue { fields[at].value = newValue } else { fields.remove(at: at) }
        }
    }

    /// Adds a field at the end.
    public mutating func append(_ name: String, _ value: BSONValue) { fields.append((name, value)) }

    /// These fields, then those of `other`, which win where a name is in both.
    public func merging(_ other: BSONDocument) -> BSONDocument {
        other.fields.reduce(into: self) { merged, field in merged[field.name] = field.value }
    }
}

extension BSONDocument: Equatable {
    /// Same names and values in the same order.
    public static func == (left: BSONDocument, right: BSONDocument) -> Bool {
        left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.value == $1.value }
    }
}

extension BSONDocument: ExpressibleByDictionaryLiteral {
    /// Its fields in this order.
    public init(dictionaryLiteral elements: (String, BSONValue)...) { self.init(elements.map { (name: $0, value: $1) }) }
}
