/// A JSON value that was read (RFC 8259). For what goes out on a hot path there is `JSONWriter`, which needs no value.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    public static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
    /// An object with these members, in this order.
    public static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue { .object(JSONObject(members.map { ($0.key, $0.value) })) }

    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The number when it is an integer that fits.
    public var intValue: Int? { if case .number(let value) = self { value.int } else { nil } }
    public var doubleValue: Double? { if case .number(let value) = self { value.double } else { nil } }
    public var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var objectValue: JSONObject? { if case .object(let value) = self { value } else { nil } }
    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The member of an object; nil also when this is no object.
    public subscript(name: String) -> JSONValue? { objectValue?[name] }
    /// The element of an array; nil when there is none.
    public subscript(index: Int) -> JSONValue? { arrayValue.flatMap { $0.indices.contains(index) ? $0[index] : nil } }

    /// What kind of value this is, as a message names it.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A number as it stood in the text, so that nothing is lost before someone says what it should be.
public struct JSONNumber: Sendable, Equatable {
    /// The text, as RFC 8259 allows it.
    public let text: String
    init(text: String) { self.text = text }
    public init(_ value: Int) { text = String(value) }
    /// The value when it is a whole number that fits, however it was written: `3`, and `3.0` or `3e0`, which JSON Schema counts as integers too
    /// and which languages without a type for them send. Beyond 2^53 only as `3`: the other forms may have lost digits before they were sent.
    public var int: Int? {
        if let value = Int(text) { return value }
        return abs(double) < 0x1p53 ? Int(exactly: double) : nil
    }
    public var double: Double { Double(text) ?? .nan }
}

/// The members of an object in the order in which they stood; each name once.
public struct JSONObject: Sendable, Equatable, Sequence {
    public private(set) var members: [(name: String, value: JSONValue)] = []

    public init(_ members: [(String, JSONValue)] = []) {
        for (name, value) in members { self[name] = value }
    }
    /// For a parser that has made sure that no name comes twice.
    init(unique members: [(name: String, value: JSONValue)]) { self.members = members }

    public subscript(name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            let at = members.firstIndex { $0.name == name }
            switch (at, newValue) {
            case (let at?, let value?): members[at].value = value
            case (let at?, nil): members.remove(at: at)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }
    public func makeIterator() -> IndexingIterator<[(name: String, value: JSONValue)]> { members.makeIterator() }
    public var count: Int { members.count }

    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.name] == $0.value }
    }
}

extension JSONValue: JSONWritable {
    public func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .bool(let value): json.bool(value)
        case .number(let number):
            var text = number.text
            text.withUTF8 { json.raw($0) }
        case .string(let text): json.string(text)
        case .array(let values):
            json.beginArray()
            for value in values { value.write(to: &json) }
            json.endArray()
        case .object(let object):
            json.beginObject()
            for (name, value) in object { json.name(name); value.write(to: &json) }
            json.endObject()
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}
