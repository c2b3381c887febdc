public import JSON

/// One field of a request that is wrong, as a problem tells it.
public struct FieldError: Sendable, Hashable, JSONWritable {
    /// A JSON Pointer (RFC 6901) into the body, or `?name` for a parameter of the query.
    public let pointer: String
    /// What is wrong, safe to show.
    public let detail: String

    /// An error of the field at `pointer`.
    public init(pointer: String, detail: String) {
        self.pointer = pointer
        self.detail = detail
    }

    /// An object of pointer and detail.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("pointer", pointer)
        json.field("detail", detail)
        json.endObject()
    }
}
