internal import CCurl

/// A URL as libcurl itself reads it: what is looked at is what is asked. An IPv4 host comes out with four decimal parts, however it was written.
struct URLParts {
    let scheme: String
    /// An IPv6 address without its brackets.
    let host: String
    /// The one that is written, or the scheme's own.
    let port: Int
    let hasUser: Bool

    init(_ url: String) throws(CurlError) {
        guard let parts = curl_url() else { throw CurlError(.library, "libcurl has no memory for an address") }
        defer { curl_url_cleanup(parts) }
        let code = curl_url_set(parts, CURLUPART_URL, url, 0)
        guard code == CURLUE_OK else {
            throw CurlError(.invalidRequest, "the address cannot be read: \(String(cString: curl_url_strerror(code)))", code: Int(code.rawValue))
        }
        func part(_ what: CURLUPart, _ flags: Int32 = 0) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parts, what, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
        guard let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST, CURLU_URLDECODE), !host.isEmpty,
              let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
        else { throw CurlError(.invalidRequest, "the address has no host or port") }
        self.scheme = scheme
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        self.port = port
        hasUser = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil || part(CURLUPART_OPTIONS) != nil
    }
}
