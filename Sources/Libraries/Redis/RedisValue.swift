internal import CHiredis

/// What a command answers (RESP 2).
public enum RedisValue: Sendable, Equatable {
    /// Nothing, such as a key that is not there.
    case null
    /// A short text that is no data, such as `OK`.
    case status(String)
    /// A number.
    case integer(Int)
    /// Bytes.
    case bytes([UInt8])
    /// Several values.
    case array([RedisValue])
    /// An error within an array. An error alone is thrown.
    case error(RedisError)

    /// The bytes; nil for anything else.
    public var bytesValue: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
    /// The number; nil for anything else.
    public var integerValue: Int? { if case .integer(let value) = self { value } else { nil } }
    /// The values; nil for anything else.
    public var arrayValue: [RedisValue]? { if case .array(let value) = self { value } else { nil } }
    /// The bytes or the status as text; nil for anything else.
    public var stringValue: String? {
        switch self {
        case .bytes(let value): String(decoding: value, as: UTF8.self)
        case .status(let value): value
        default: nil
        }
    }

    /// A copy of what hiredis read. It refuses more than seven levels by itself.
    init(_ reply: redisReply) {
        switch reply.type {
        case REDIS_REPLY_STRING: self = .bytes(Array(RedisValue.text(reply)))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: RedisValue.text(reply), as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .integer(Int(reply.integer))
        case REDIS_REPLY_ERROR: self = .error(RedisError(reply: String(decoding: RedisValue.text(reply), as: UTF8.self)))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: reply.element, count: reply.elements)
            self = .array(elements.map { element in element.map { RedisValue($0.pointee) } ?? .null })
        default: self = .null
        }
    }

    private static func text(_ reply: redisReply) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: reply.str, count: reply.len) }
}
