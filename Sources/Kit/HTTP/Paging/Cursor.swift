public import JSON
public import Telemetry

/// Where the next page of a list begins: the sort key of the last item that was sent. Opaque to clients, checked when it comes back.
public struct Cursor: Sendable, Hashable {
    /// The parts of the sort key, as text.
    public let parts: [String]

    /// A cursor after the item with this sort key.
    public init(_ parts: [String]) { self.parts = parts }
    /// A cursor after the item with this sort key.
    public init(_ parts: any CustomStringConvertible...) { self.parts = parts.map(\.description) }

    /// Reads what `description` wrote; throws 400 for anything else, or for another number of parts.
    public init(decoding text: String, parts count: Int? = nil) throws(Problem) {
        let value = Base64.url.decode(text.prefix(2048)).flatMap { try? JSONValue.parse($0) }
        guard text.utf8.count <= 2048, let values = value?.arrayValue else { throw .badCursor }
        parts = values.compactMap(\.stringValue)
        guard !parts.isEmpty, parts.count == values.count, count == nil || parts.count == count else { throw .badCursor }
    }

    /// Part `index` as text; throws 400 when there is none.
    public func string(_ index: Int) throws(Problem) -> String {
        guard parts.indices.contains(index) else { throw .badCursor }
        return parts[index]
    }
    /// Part `index` as a whole number; throws 400 when it is none.
    public func int(_ index: Int) throws(Problem) -> Int {
        guard let value = Int(try string(index)) else { throw .badCursor }
        return value
    }
    /// Part `index` as an id; throws 400 when it is none.
    public func id<T>(_ index: Int, of _: T.Type = T.self) throws(Problem) -> ID<T> {
        guard let value = ID<T>(try string(index)) else { throw .badCursor }
        return value
    }
    /// Part `index` as a time, written as microseconds since 1970; throws 400 when it is none.
    public func timestamp(_ index: Int) throws(Problem) -> Timestamp {
        let time = Timestamp(microseconds: Int64(try int(index)))
        guard Timestamp.writable.contains(time) else { throw .badCursor }
        return time
    }
}

extension Cursor: CustomStringConvertible, JSONWritable {
    /// The text that a client sends back: base64url of a JSON array.
    public var description: String { Base64.url.encode(JSONValue.array(parts.map { .string($0) }).jsonBuffer.array) }

    /// Writes the text.
    public func write(to json: inout JSONWriter) { json.string(description) }
}

extension Problem {
    fileprivate static var badCursor: Problem { .malformed("The cursor is not one that this list gave out.") }
}
