import JSON

/// As much of JSON Schema as the schemas of events use, and one thing more: a field of an event that its schema does not name is a complaint too.
struct EventSchema {
    private let root: JSONValue

    init(_ root: JSONValue) { self.root = root }

    /// What of an event is not as the schema says.
    func complaints(about event: JSONValue) -> [String] { check(event, root, "") }

    private func check(_ value: JSONValue, _ schema: JSONValue, _ pointer: String) -> [String] {
        let schema = schema["$ref"]?.stringValue == "#/$defs/id" ? root["$defs"]?["id"] ?? .null : schema
        if let choices = schema["anyOf"]?.arrayValue {
            return choices.contains { check(value, $0, pointer).isEmpty } ? [] : ["\(pointer) fits none"]
        }
        if let only = schema["const"], only != value { return ["\(pointer) is not \(only)"] }
        if let allowed = schema["enum"]?.arrayValue, !allowed.contains(value) { return ["\(pointer) is none of its values"] }
        let types = schema["type"]?.arrayValue?.compactMap(\.stringValue) ?? schema["type"]?.stringValue.map { [$0] } ?? []
        if !types.isEmpty, !types.contains(where: { Self.is(value, $0) }) { return ["\(pointer) is no \(types)"] }
        if let object = value.objectValue { return check(object, schema, pointer) }
        guard let items = schema["items"], let array = value.arrayValue else { return [] }
        return array.enumerated().flatMap { check($1, items, "\(pointer)/\($0)") }
    }

    private func check(_ object: JSONObject, _ schema: JSONValue, _ pointer: String) -> [String] {
        let missing = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue).filter { object[$0] == nil }.map { "\(pointer)/\($0) is missing" }
        return missing + object.members.flatMap { name, value in
            guard let known = schema["properties"]?[name] else { return ["\(pointer)/\(name) is not in the schema"] }
            return check(value, known, "\(pointer)/\(name)")
        }
    }

    private static func `is`(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        case "object": value.objectValue != nil
        case "array": value.arrayValue != nil
        case "string": value.stringValue != nil
        case "boolean": value.boolValue != nil
        case "integer": value.intValue != nil
        case "null": value == .null
        case "number": value.doubleValue != nil
        default: false
        }
    }
}
