/// A key for AWS' Signature Version 4, which libcurl writes into the head of a request: S3 and what else checks it.
public struct AWSSigning: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// The field that says what the body is: `UNSIGNED-PAYLOAD`, or its SHA-256 in hexadecimal.
    public static let bodyField = "x-amz-content-sha256"

    /// `eu-central-1` …
    public let region: String
    /// `s3`
    public let service: String
    /// The name of the key.
    public let accessKey: String
    let secretKey: String

    /// A key for one region of one service.
    public init(region: String, service: String = "s3", accessKey: String, secretKey: String) {
        self.region = region
        self.service = service
        self.accessKey = accessKey
        self.secretKey = secretKey
    }

    /// Without the secret.
    public var description: String { "\(accessKey) for \(service) in \(region)" }
    /// Without the secret.
    public var customMirror: Mirror { Mirror(self, children: ["accessKey": accessKey]) }

    /// As libcurl takes it.
    var provider: String { "aws:amz:\(region):\(service)" }

    /// The request as it can be signed: libcurl 7.88 takes the query as it stands, so it is put in order here, and it signs for S3 only what says
    /// what its body is.
    func prepared(_ request: CurlRequest) throws(CurlError) -> CurlRequest {
        guard [region, service, accessKey, secretKey].allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }) else {
            throw CurlError(.invalidRequest, "the key to sign with is not printable ASCII")
        }
        guard !region.contains(":"), !service.contains(":"), !accessKey.contains(":") else {
            throw CurlError(.invalidRequest, "the key to sign with has a colon in its name, region or service")
        }
        guard request.headers.contains(where: { $0.isNamed(Self.bodyField) }) else {
            throw CurlError(.invalidRequest, "a request to be signed has no field \(Self.bodyField)")
        }
        var request = request
        if let mark = request.url.firstIndex(of: "?") {
            request.url = request.url[...mark] + Self.canonical(query: request.url[request.url.index(after: mark)...])
        }
        return request
    }

    /// Sorted by name, then value, each name with its `=`.
    static func canonical(query: Substring) -> String {
        query.split(separator: "&").map { item in
            let name = item.prefix { $0 != "=" }
            return (name: String(name), value: String(item[name.endIndex...].dropFirst()))
        }
        .sorted { left, right in
            left.name == right.name ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8) : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }
}
