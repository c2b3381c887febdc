/// A command in the form in which it goes out: words that may hold any bytes.
public struct RedisCommand: Sendable, Equatable {
    /// One word of a command.
    public enum Word: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        /// Text, bytes as they are, a number as decimal digits.
        case string(String), bytes([UInt8]), int(Int)
        /// Bytes that it takes at most, with what is written around it.
        fileprivate var room: Int {
            switch self {
            case .string(let text): text.utf8.count + 24
            case .bytes(let data): data.count + 24
            case .int: 44
            }
        }
        /// Text.
        public init(stringLiteral value: String) { self = .string(value) }
        /// A number, as decimal digits.
        public init(integerLiteral value: Int) { self = .int(value) }
    }

    /// The words.
    public var words: [Word]

    /// Of these words, the command's name first: `RedisCommand("SET", .string(key), .bytes(value), "EX", 60)`.
    public init(_ words: Word...) { self.words = words }

    /// Of these words, the command's name first.
    public init(_ words: [Word]) { self.words = words }

    /// An array of bulk strings, as the protocol wants it.
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.reduce(16) { $0 + $1.room })
        append("*", words.count, to: &bytes)
        for word in words {
            switch word {
            case .string(let text): append(text.utf8, to: &bytes)
            case .bytes(let data): append(data, to: &bytes)
            case .int(let number): append(String(number).utf8, to: &bytes)
            }
        }
        return bytes
    }

    private func append(_ data: some Collection<UInt8>, to bytes: inout [UInt8]) {
        append("$", data.count, to: &bytes)
        bytes.append(contentsOf: data)
        bytes.append(contentsOf: "\r\n".utf8)
    }

    private func append(_ kind: Unicode.Scalar, _ number: Int, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: kind))
        bytes.append(contentsOf: String(number).utf8)
        bytes.append(contentsOf: "\r\n".utf8)
    }
}
