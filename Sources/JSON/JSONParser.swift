/// Why bytes are not JSON that is taken here.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, safe to show.
    public let detail: String
    /// Bytes before the place.
    public let offset: Int
    public var description: String { "\(detail) at byte \(offset)" }
}

/// What a text may cost.
public struct JSONLimits: Sendable {
    /// Arrays and objects inside each other.
    public var depth: Int
    /// Values in all.
    public var values: Int
    public init(depth: Int = 32, values: Int = 100_000) {
        self.depth = depth
        self.values = values
    }
}

extension JSONValue {
    /// Reads one JSON text (RFC 8259), strictly: UTF-8 that is valid, nothing after the value, no name twice in an object (two readers could take
    /// different ones), no NUL in a string.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        var result: Result<JSONValue, JSONError> = .success(.null)
        bytes.withUnsafeBufferPointer { bytes in
            result = Result { () throws(JSONError) in try parse(bytes, limits: limits) }
        }
        return try result.get()
    }

    /// The same, read in place.
    public static func parse(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes: bytes, limits: limits)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.at == bytes.count else { throw parser.error("something follows the value") }
        return value
    }

    /// The same, of a buffer.
    public static func parse(_ buffer: Buffer, limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        try withExtendedLifetime(buffer) { () throws(JSONError) in try parse(buffer.bytes, limits: limits) }
    }
}

struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let limits: JSONLimits
    var at = 0
    private var values = 0

    init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    func error(_ detail: String) -> JSONError { JSONError(detail: detail, offset: at) }
    var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

    mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipSpace()
        values += 1
        guard values <= limits.values else { throw error("more than \(limits.values) values") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): try literal("true"); return .bool(true)
        case UInt8(ascii: "f"): try literal("false"); return .bool(false)
        case UInt8(ascii: "n"): try literal("null"); return .null
        case let digit? where digit == UInt8(ascii: "-") || 0x30...0x39 ~= digit: return .number(try number())
        case nil: throw error("the text ends where a value should be")
        default: throw error("no value begins like this")
        }
    }

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        let count = text.utf8CodeUnitCount
        guard at + count <= bytes.count,
              UnsafeBufferPointer(rebasing: bytes[at..<at + count]).elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
        else { throw error("no value begins like this") }
        at += count
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth <= limits.depth else { throw error("more than \(limits.depth) levels") }
        at += 1
        var elements: [JSONValue] = []
        skipSpace()
        if byte == UInt8(ascii: "]") { at += 1; return elements }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            switch byte {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "]"): at += 1; return elements
            default: throw error("expected , or ]")
            }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= limits.depth else { throw error("more than \(limits.depth) levels") }
        at += 1
        var members: [(name: String, value: JSONValue)] = []
        var names: Set<String> = []
        skipSpace()
        if byte == UInt8(ascii: "}") { at += 1; return JSONObject() }
        while true {
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw error("expected a name in quotes") }
            let name = try string()
            guard names.insert(name).inserted else { throw error("a name comes twice in an object") }
            skipSpace()
            guard byte == UInt8(ascii: ":") else { throw error("expected :") }
            at += 1
            members.append((name, try value(depth: depth)))
            skipSpace()
            switch byte {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "}"): at += 1; return JSONObject(unique: members)
            default: throw error("expected , or }")
            }
        }
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = at
        if byte == UInt8(ascii: "-") { at += 1 }
        if byte == UInt8(ascii: "0") { at += 1 } else { try digits() }
        if byte == UInt8(ascii: ".") { at += 1; try digits() }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            at += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        guard at - start <= 64 else { throw error("a number of more than 64 characters") }
        return JSONNumber(text: String(decoding: bytes[start..<at], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        guard let byte, 0x30...0x39 ~= byte else { throw error("expected a digit") }
        while let byte = self.byte, 0x30...0x39 ~= byte { at += 1 }
    }
}
