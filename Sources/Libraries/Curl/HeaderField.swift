/// One field of a head. Names compare without case.
public struct HeaderField: Sendable, Equatable {
    /// The name as it is written.
    public let name: String
    /// The value without the white space around it.
    public let value: String

    /// A field that goes out or came in. What cannot be a field (RFC 9110 section 5) is refused when it is sent.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether this is the field `name`, in any case.
    func isNamed(_ other: String) -> Bool {
        name.utf8.count == other.utf8.count && zip(name.utf8, other.utf8).allSatisfy { $0 == $1 || Self.lower($0) == Self.lower($1) }
    }

    /// Whether it can be written into a head without becoming two: a token, and a value without control characters.
    var isWellFormed: Bool {
        !name.isEmpty && name.utf8.allSatisfy(Self.isTokenByte) && value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }

    /// The line as libcurl takes it: a name with `;` is a field without a value, one with `:` and nothing would remove it.
    var line: String { value.isEmpty ? "\(name);" : "\(name): \(value)" }

    /// RFC 9110's `tchar`.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte }
}
