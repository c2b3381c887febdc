public import JSON

/// One HTTP request to send.
public struct CurlRequest: Sendable {
    /// `GET`, `POST` …
    public var method: String
    /// `http://…` or `https://…`, percent-encoded. User info in it is sent as basic authentication. The path is sent as it stands.
    public var url: String
    /// Fields to send besides `Host`, `Accept`, `User-Agent` and `Content-Length`.
    public var headers: [HeaderField]
    /// What to send, or nothing. Its type is said in `headers`.
    public var body: Buffer?
    /// How long all of it may take, waiting for a place included.
    public var timeoutMilliseconds: Int
    /// Bytes of the answer's body; more is an error (`tooLarge`).
    public var limit: Int
    /// Whether it may reach the server twice, as after a connection that broke before a byte of the answer. One that must not goes out on a
    /// connection of its own: only of a kept one is a break no answer to anything.
    public var mayRepeat = true

    /// A GET.
    public init(_ url: String, headers: [HeaderField] = [], timeoutMilliseconds: Int = 2000, limit: Int = 8 << 20) {
        self.init("GET", url, headers: headers, timeoutMilliseconds: timeoutMilliseconds, limit: limit)
    }

    /// A request that may by default take two seconds and bring 8 MiB.
    public init(
        _ method: String, _ url: String, headers: [HeaderField] = [], body: Buffer? = nil, timeoutMilliseconds: Int = 2000, limit: Int = 8 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutMilliseconds = timeoutMilliseconds
        self.limit = limit
    }

    /// Throws `invalidRequest` for what would become another request on the wire, or none.
    func check() throws(CurlError) {
        guard !method.isEmpty, method.utf8.count <= 32, method.utf8.allSatisfy(HeaderField.isTokenByte) else {
            throw CurlError(.invalidRequest, "the method is no token")
        }
        guard ["http://", "https://"].contains(where: url.hasPrefix) else { throw CurlError(.invalidRequest, "the address is not http or https") }
        try Self.checkAddress(url)
        for field in headers where !field.isWellFormed {
            throw CurlError(.invalidRequest, "the header field \(field.name.debugDescription) cannot be written")
        }
        guard timeoutMilliseconds > 0 else { throw CurlError(.timeout, "no time is left") }
    }

    /// Visible ASCII only, and not endless.
    static func checkAddress(_ url: String) throws(CurlError) {
        guard url.utf8.count <= 8192, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CurlError(.invalidRequest, "the address is too long or has characters that must be percent-encoded")
        }
    }
}
