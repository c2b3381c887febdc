import JSON
import TestKit

/// An event made from its schema alone: the least that the schema allows, the most, or the most with fields that no version has yet.
struct EventExample {
    enum Size: CaseIterable { case least, most, later }

    private let root: JSONValue
    private let size: Size

    init(_ schema: JSONValue, _ size: Size) {
        root = schema
        self.size = size
    }

    var event: JSONValue { value(root) }

    private func value(_ schema: JSONValue) -> JSONValue {
        if schema["$ref"] != nil { return "018f0000-0000-7000-8000-00000000abcd" }
        if let only = schema["const"] { return only }
        if let choices = schema["enum"]?.arrayValue ?? schema["anyOf"]?.arrayValue.map({ $0.map(value) }) {
            return (size == .least ? choices.first : choices.last) ?? .null
        }
        let types = schema["type"]?.arrayValue?.compactMap(\.stringValue) ?? [schema["type"]?.stringValue ?? ""]
        if size == .least, types.contains("null") { return .null }
        return switch types[0] {
        case "object": object(schema)
        case "array": .array(Array(repeating: value(schema["items"] ?? .null), count: count(schema, "minItems", "maxItems")))
        case "string": .string(text(schema))
        case "boolean": .bool(size != .least)
        // 2^53 - 1: what every reader of JSON understands.
        case "integer", "number": (size == .least ? schema["minimum"] : schema["maximum"] ?? 9_007_199_254_740_991) ?? 0
        default: .null
        }
    }

    private func object(_ schema: JSONValue) -> JSONValue {
        let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        let members = (schema["properties"]?.objectValue ?? JSONObject()).filter { size != .least || required.contains($0.name) }
        let unknown: [(String, JSONValue)] = size == .later ? [("addedLater", ["inside": [1, 2]])] : []
        return .object(JSONObject(members.map { ($0.name, value($0.value)) } + unknown))
    }

    private func count(_ schema: JSONValue, _ least: String, _ most: String) -> Int {
        (size == .least ? schema[least]?.intValue : schema[most]?.intValue) ?? 0
    }

    private func text(_ schema: JSONValue) -> String {
        if schema["format"] == "date-time" { return size == .least ? "0001-01-01T00:00:00Z" : "9999-12-31T23:59:59.999Z" }
        switch schema["pattern"]?.stringValue {
        case "^[A-Z]{3}$": return "EUR"
        case .some: return "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        // One character of JSON Schema, two of UTF-16 and four of UTF-8.
        case nil: return String(repeating: size == .least ? "a" : "\u{1F407}", count: count(schema, "minLength", "maxLength"))
        }
    }
}
