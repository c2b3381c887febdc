/// One field that is wrong.
public struct JSONFieldError: Sendable, Equatable {
    /// Where, as a JSON Pointer (RFC 6901).
    public let pointer: String
    /// What is wrong, safe to show.
    public let detail: String
    public init(pointer: String, detail: String) {
        self.pointer = pointer
        self.detail = detail
    }
}

/// Everything that is wrong with a body, at once.
public struct JSONFieldsError: Error, Sendable, Equatable {
    public let errors: [JSONFieldError]
    public init(errors: [JSONFieldError]) { self.errors = errors }
}

extension JSONFieldsError: CustomStringConvertible {
    /// A line for people: `/category must have at most 100 characters; /title is required`.
    public var description: String { errors.map { "\($0.pointer.isEmpty ? "it" : $0.pointer) \($0.detail)" }.joined(separator: "; ") }
}

/// Reads an object field by field and collects what is wrong with it, so that a client hears of its mistakes in one answer (of the
/// first hundred, and of twenty unknown fields).
///
/// A getter of a required field returns a harmless value when the field is wrong; `finish` then throws, so it is never used.
/// A field that nobody asked for is an error too: it may be a mistake, or an attempt to set what is not for the client to set.
public struct JSONFields {
    private let object: JSONObject
    private let pointer: String
    private let isObject: Bool
    private var asked: Set<String> = []
    private(set) var errors: [JSONFieldError] = []
    private var refusesUnknown = true

    /// `pointer` is where the object stands in the whole body.
    public init(_ value: JSONValue, at pointer: String = "") {
        self.pointer = pointer
        if case .object(let object) = value {
            self.object = object
            isObject = true
        } else {
            object = JSONObject()
            isObject = false
            errors.append(JSONFieldError(pointer: pointer, detail: "must be an object, not \(value.kind)"))
        }
    }

    /// Throws when anything was wrong or unknown.
    public consuming func finish() throws(JSONFieldsError) {
        let all = collected()
        guard all.isEmpty else { throw JSONFieldsError(errors: all) }
    }

    func collected() -> [JSONFieldError] {
        guard refusesUnknown else { return errors }
        let unknown = object.lazy.filter { !asked.contains($0.name) }.prefix(min(Self.unknownLimit, Self.errorLimit - errors.count))
        return errors + unknown.map { JSONFieldError(pointer: at($0.name), detail: "is not a field here") }
    }

    /// What a client is told of at once. A body of a megabyte can be wrong a hundred thousand times: the answer stays a small one.
    private static let errorLimit = 100
    private static let unknownLimit = 20
    private static let nameLimit = 100

    private mutating func append(_ error: JSONFieldError) {
        if errors.count < Self.errorLimit { errors.append(error) }
    }

    private func at(_ name: String) -> String {
        var escaped = ""
        for character in name.unicodeScalars.prefix(Self.nameLimit) {
            switch character {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return pointer + "/" + escaped
    }

    /// Fields that nobody asks for are let through: for what other systems send.
    public mutating func ignoreUnknown() { refusesUnknown = false }
    /// The field may be there and is not looked at.
    public mutating func ignore(_ name: String) { asked.insert(name) }
    /// Whether the field is there, null included.
    public mutating func has(_ name: String) -> Bool { asked.insert(name); return object[name] != nil }
    /// Whether the field is there and null.
    public mutating func isNull(_ name: String) -> Bool { asked.insert(name); return object[name]?.isNull ?? false }
    /// The field as it stands; nil when it is not there.
    public mutating func value(_ name: String) -> JSONValue? { asked.insert(name); return object[name] }
    /// Records that the field is wrong.
    public mutating func fail(_ name: String, _ detail: String) { append(JSONFieldError(pointer: at(name), detail: detail)) }

    /// Records that what these fields are read from is wrong as a whole.
    mutating func failSelf(_ detail: String) { append(JSONFieldError(pointer: pointer, detail: detail)) }

    /// The field when it is there and not null.
    mutating func present(_ name: String, required: Bool) -> JSONValue? {
        asked.insert(name)
        guard let value = object[name], !value.isNull else {
            // A body that is no object is one mistake, not one for each field it lacks.
            if required && isObject { fail(name, "is required") }
            return nil
        }
        return value
    }

    mutating func read<T>(_ name: String, required: Bool, _ expected: String, _ take: (JSONValue) -> T?) -> T? {
        guard let value = present(name, required: required) else { return nil }
        guard let taken = take(value) else {
            fail(name, "must be \(expected)")
            return nil
        }
        return taken
    }

    /// Reads what lies inside with its own pointer and takes over its errors.
    mutating func inner<T>(_ name: String, _ suffix: String = "", _ value: JSONValue, _ body: (inout JSONFields) -> T) -> T {
        var fields = JSONFields(value, at: at(name) + suffix)
        fields.refusesUnknown = refusesUnknown
        let result = body(&fields)
        errors += fields.collected().prefix(Self.errorLimit - errors.count)
        return result
    }
}
