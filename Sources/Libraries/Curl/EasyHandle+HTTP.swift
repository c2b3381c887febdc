internal import CCurl
internal import JSON

extension EasyHandle {
    /// Sets all options for the transfer, whose memory must stay until it has ended. False when libcurl takes one of them not.
    func prepare(_ transfer: Transfer, milliseconds: Int, _ configuration: CurlConfiguration) -> Bool {
        let request = transfer.request
        // No question whether the body is welcome, and no type that nobody has said.
        var lines = ["Expect:"] + request.headers.map(\.line)
        if !request.headers.contains(where: { $0.isNamed("content-type") }) { lines.append("Content-Type:") }
        return prepare(
            request.url, milliseconds: milliseconds, connectMilliseconds: configuration.connectMilliseconds,
            certificateAuthorities: configuration.certificateAuthorities)
            && setFunctions(transfer)
            && set(CURLOPT_PROTOCOLS_STR, "http,https")
            && set(CURLOPT_FOLLOWLOCATION, 0)
            && set(CURLOPT_PATH_AS_IS, 1)
            && set(CURLOPT_USERAGENT, configuration.userAgent)
            && set(CURLOPT_HTTPHEADER, lines)
            // A request on a kept connection that closes without a byte of the answer is sent again by libcurl, whatever its method.
            && (request.mayRepeat || set(CURLOPT_FRESH_CONNECT, 1))
            && setMethod(request.method, request.body)
    }

    private func setFunctions(_ transfer: Transfer) -> Bool {
        lyceum_set_functions(raw, { bytes, size, count, context in
            Transfer.of(context)?.takeHead(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }, { bytes, size, count, context in
            Transfer.of(context)?.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }, Unmanaged.passUnretained(transfer).toOpaque()) != 0
    }

    private func setMethod(_ method: String, _ body: Buffer?) -> Bool {
        if method == "HEAD" { return set(CURLOPT_NOBODY, 1) }
        guard body != nil || method != "GET" else { return set(CURLOPT_HTTPGET, 1) }
        guard body != nil || ["POST", "PUT", "PATCH"].contains(method) else { return set(CURLOPT_CUSTOMREQUEST, method) }
        return lyceum_set_large(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body?.count ?? 0)) != 0
            && lyceum_set_pointer(raw, CURLOPT_POSTFIELDS, body?.bytes.baseAddress.map { UnsafeRawPointer($0) } ?? Self.nothing) != 0
            && set(CURLOPT_CUSTOMREQUEST, method)
    }

    /// An address for a body of no bytes: null would make libcurl ask for one.
    private static nonisolated(unsafe) let nothing = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
}

extension Transfer {
    /// The transfer behind a callback's context. Its loop keeps it until it has ended.
    fileprivate static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }
}
