internal import ObjectStore

/// Where objects are kept: a bucket of an S3 service, and what all keys in it begin with.
public struct S3Bucket: Sendable, Equatable {
    /// The service: scheme, host and port, without a slash at its end.
    public let endpoint: String
    /// As it is signed.
    public let region: String
    /// The bucket's name: it goes into the path (path style).
    public let name: String
    /// Empty, or ends in a slash.
    public let prefix: String

    /// A bucket; nil when its name is none (3 to 63 of `a-z 0-9 . -`), or its prefix is no key.
    public init?(_ name: String, prefix: String = "", region: String = "us-east-1", endpoint: String? = nil) {
        let isName = (3...63).contains(name.utf8.count) && name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "-")
        }
        let isRegion = !region.isEmpty && region.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        let endpoint = endpoint ?? "https://s3.\(region).amazonaws.com"
        let place = endpoint.hasPrefix("https://") ? endpoint.dropFirst(8) : endpoint.hasPrefix("http://") ? endpoint.dropFirst(7) : ""
        guard isName, isRegion, !place.isEmpty, !place.contains(where: { "/?#@".contains($0) }), prefix.isEmpty || ObjectKey(prefix) != nil else { return nil }
        self.endpoint = endpoint
        self.region = region
        self.name = name
        self.prefix = prefix.isEmpty ? "" : prefix + "/"
    }

    /// The path of an object, or of the bucket itself. Of all that a key may have only `=` is written otherwise.
    func path(of key: ObjectKey?) -> String {
        "/\(name)" + (key.map { "/" + Self.encoded(prefix + $0.text, keeping: "/") } ?? "")
    }

    /// Host and port as a client writes them into `Host`.
    var host: Substring { endpoint[endpoint.index(endpoint.startIndex, offsetBy: endpoint.hasPrefix("https") ? 8 : 7)...] }

    /// Percent-encoded as AWS signs it: all but RFC 3986's unreserved characters.
    static func encoded(_ text: String, keeping kept: String = "") -> String {
        text.utf8.reduce(into: "") { result, byte in
            let scalar = Unicode.Scalar(byte)
            let isUnreserved = byte < 0x80 && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "-._~".unicodeScalars.contains(scalar))
            if isUnreserved || kept.utf8.contains(byte) { return result.unicodeScalars.append(scalar) }
            let digits = String(byte, radix: 16, uppercase: true)
            result += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
        }
    }
}
