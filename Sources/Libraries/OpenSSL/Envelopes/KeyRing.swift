import JSON

/// The keys that envelopes are sealed under, by id: the current one seals, all of them open. A new key goes to the front and the old ones stay
/// until nothing is left that they sealed (`rewrap`).
public struct KeyRing: Sendable {
    /// Bytes of a key.
    public static let keyBytes = AES256GCM.keyBytes
    /// Bytes of the longest id.
    static let longestID = 32

    /// The id of the key that seals.
    public let currentID: String
    let current: SecretKey
    private let keys: [String: SecretKey]

    /// A ring of these keys, of which the first seals. Throws if there is none, for an id twice or one that is not 1 to 32 letters, digits,
    /// `-` and `_`, and for a key that is not 32 bytes long.
    public init(_ keys: [(id: String, key: SecretKey)]) throws(KeyRingError) {
        guard let first = keys.first else { throw .empty }
        for (id, key) in keys {
            guard Self.isID(id.utf8) else { throw .malformedID }
            guard key.byteCount == Self.keyBytes else { throw .keyLength(id: id, bytes: key.byteCount) }
        }
        self.keys = Dictionary(keys.map { ($0.id, $0.key) }) { first, _ in first }
        guard self.keys.count == keys.count else { throw .idTwice }
        currentID = first.id
        current = first.key
    }

    /// Reads a key file: lines of `<id> <base64url of 32 bytes>`, of which the first seals. Throws as `init` does, and `malformedLine` with its number.
    public init(keyFile text: String) throws(KeyRingError) {
        var keys: [(id: String, key: SecretKey)] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, var bytes = Base64.url.decode(words[1]) else { throw .malformedLine(number + 1) }
            defer { bytes.withUnsafeMutableBytes { SecretKey.wipe($0) } }
            keys.append((String(words[0]), SecretKey(bytes)))
        }
        try self.init(keys)
    }

    /// The key of that id.
    subscript(id: String) -> SecretKey? { keys[id] }

    static func isID(_ bytes: some Collection<UInt8>) -> Bool {
        (1...longestID).contains(bytes.count) && bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}

/// Why keys are no ring. Nothing in it is secret.
public enum KeyRingError: Error, Sendable, Equatable {
    /// There is no key.
    case empty
    /// An id is not 1 to 32 letters, digits, `-` and `_`.
    case malformedID
    /// Two keys have one id.
    case idTwice
    /// A key is not 32 bytes long.
    case keyLength(id: String, bytes: Int)
    /// The line of that number is not an id, one space and a key in base64url.
    case malformedLine(Int)
}
