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
    /// What to send in place of `body`, when it is not in memory.
    public var upload: CurlUpload?
    /// How long all of it may take, waiting for a place included.
    public var timeoutMilliseconds: Int
    /// How long, in seconds, nothing at all may come or go on a connection that is made; then it is a timeout, however much time is left. Nil: so long as
    /// all of it may take. A source of the body that makes libcurl wait does not count.
    public var stallSeconds: Int?
    /// Bytes of the answer's body; more is an error (`tooLarge`).
    public var limit: Int
    /// Whether it may reach the server twice, as after a connection that broke before a byte of the answer. One that must not goes out on a
    /// connection of its own: only of a kept one is a break no answer to anything.
    public var mayRepeat = true
    /// Which HTTP is spoken.
    public var version = HTTPVersion.negotiated
    /// Who chose the URL.
    public var trust = URLTrust.ours
    /// The key to sign it with, for S3 and what else checks AWS' signatures.
    public var signing: AWSSigning?

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

    /// The request as it goes out. Throws `invalidRequest` for what would become another request on the wire, or none.
    func checked() throws(CurlError) -> CurlRequest {
        guard !method.isEmpty, method.utf8.count <= 32, method.utf8.allSatisfy(HeaderField.isTokenByte) else {
            throw CurlError(.invalidRequest, "the method is no token")
        }
        guard ["http://", "https://"].contains(where: url.hasPrefix) else { throw CurlError(.invalidRequest, "the address is not http or https") }
        try Self.checkAddress(url)
        for field in headers where !field.isWellFormed {
            throw CurlError(.invalidRequest, "the header field \(field.name.debugDescription) cannot be written")
        }
        guard timeoutMilliseconds > 0 else { throw CurlError(.timeout, "no time is left") }
        guard fitsHTTP2 || version != .http2 else { throw CurlError(.invalidRequest, "a large body, or one of pieces, does not go over HTTP/2") }
        guard body == nil || upload == nil else { throw CurlError(.invalidRequest, "it has two bodies") }
        if case .untrusted(let rules) = trust { try rules.check(url) }
        return try signing?.prepared(self) ?? self
    }

    /// Whether its body can be trusted to HTTP/2: libcurl 7.88, told of its sockets by a loop, was seen to wait for ever after larger ones, and does not
    /// reliably wake a transfer that rested between pieces.
    var fitsHTTP2: Bool { upload == nil && (body?.count ?? 0) <= 64 << 10 }

    /// Scheme, host and port of the URL as libcurl reads it.
    func server() throws(CurlError) -> String {
        let parts = try URLParts(url)
        return "\(parts.scheme)://\(parts.host):\(parts.port)"
    }

    /// Visible ASCII only, and not endless.
    static func checkAddress(_ url: String) throws(CurlError) {
        guard url.utf8.count <= 8192, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CurlError(.invalidRequest, "the address is too long or has characters that must be percent-encoded")
        }
    }
}

/// Which HTTP a request is sent with.
public enum HTTPVersion: Sendable, Equatable {
    /// HTTP/2 where the server offers it over TLS (ALPN, RFC 7301), else HTTP/1.1. What comes or goes piece by piece, or is
    /// sent and longer than 64 KiB, has HTTP/1.1.
    case negotiated
    /// HTTP/1.1: a connection of its own for each request that runs.
    case http1
    /// HTTP/2 from the first byte (RFC 9113, 3.3): for a server without TLS that is known to speak it. A connection for each request,
    /// which is neither sent nor pulled piece by piece nor longer than 64 KiB.
    case http2
}
