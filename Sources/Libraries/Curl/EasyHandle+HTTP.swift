internal import CCurl
import Glibc
internal import JSON

extension EasyHandle {
    /// Sets all options for the transfer, whose memory must stay until it has ended. False when libcurl takes one of them not.
    func prepare(_ transfer: Transfer, milliseconds: Int, _ configuration: CurlConfiguration) -> Bool {
        let request = transfer.request
        return prepare(
            request.url, milliseconds: transfer.inflow == nil ? milliseconds : 0, connectMilliseconds: configuration.connectMilliseconds,
            certificateAuthorities: configuration.certificateAuthorities)
            && setFunctions(transfer)
            && set(CURLOPT_PROTOCOLS_STR, "http,https")
            && set(CURLOPT_FOLLOWLOCATION, 0)
            && set(CURLOPT_PATH_AS_IS, 1)
            && set(CURLOPT_USERAGENT, configuration.userAgent)
            && set(CURLOPT_HTTPHEADER, Self.lines(of: request))
            // A request on a kept connection that closes without a byte of the answer is sent again by libcurl, whatever its method.
            && (request.mayRepeat || set(CURLOPT_FRESH_CONNECT, 1))
            && setVersion(transfer)
            && setMethod(request.method, request.body, request.upload)
            && setTrust(transfer)
            && (request.signing.map { setSigning($0) } ?? true)
            && (request.stallSeconds.map { set(CURLOPT_LOW_SPEED_LIMIT, 1) && set(CURLOPT_LOW_SPEED_TIME, $0) } ?? true)
    }

    private static func lines(of request: CurlRequest) -> [String] {
        let lines = request.headers.map(\.line), saysType = request.headers.contains { $0.isNamed("content-type") }
        // libcurl 7.88 signs the lines by which it is told to leave a field out.
        if request.signing != nil { return saysType ? lines : lines + ["Content-Type: application/octet-stream"] }
        // No question whether the body is welcome, and no type that nobody has said.
        return ["Expect:"] + lines + (saysType ? [] : ["Content-Type:"])
    }

    private func setVersion(_ transfer: Transfer) -> Bool {
        let request = transfer.request
        switch request.version {
        case .negotiated where transfer.inflow != nil || !request.fitsHTTP2, .http1: return set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        // Rather a wait for a connection that is being made and may take many than one more. Without TLS the wait would be for an answer.
        case .negotiated:
            let waits = request.mayRepeat && request.url.hasPrefix("https:")
            return set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS) && set(CURLOPT_PIPEWAIT, waits ? 1 : 0)
        // libcurl 7.88 begins the protocol anew on a connection of this kind that it uses again (curl issue 10634).
        case .http2:
            return set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE) && set(CURLOPT_FRESH_CONNECT, 1) && set(CURLOPT_FORBID_REUSE, 1)
        }
    }

    /// Looks at each address: before its socket is made, and again before the request goes out, perhaps over a connection that another request left.
    private func setTrust(_ transfer: Transfer) -> Bool {
        guard case .untrusted = transfer.request.trust else { return true }
        return lyceum_set_gates(raw, { context, _, address in
            guard let address, let transfer = Transfer.of(context), transfer.mayReach(IPAddress(address)) else { return CURL_SOCKET_BAD }
            return socket(address.pointee.family, address.pointee.socktype | CInt(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
        }, { context, remote, _, _, _ in
            guard let remote, let transfer = Transfer.of(context), transfer.mayReach(IPAddress(String(cString: remote))) else { return CURL_PREREQFUNC_ABORT }
            return CURL_PREREQFUNC_OK
        }, Unmanaged.passUnretained(transfer).toOpaque()) != 0
    }

    private func setSigning(_ signing: AWSSigning) -> Bool {
        set(CURLOPT_AWS_SIGV4, signing.provider) && set(CURLOPT_USERNAME, signing.accessKey) && set(CURLOPT_PASSWORD, signing.secretKey)
    }

    private func setFunctions(_ transfer: Transfer) -> Bool {
        lyceum_set_functions(raw, { bytes, size, count, context in
            Transfer.of(context)?.takeHead(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }, { bytes, size, count, context in
            Transfer.of(context)?.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }, Unmanaged.passUnretained(transfer).toOpaque()) != 0
            && lyceum_set_source(raw, { bytes, size, count, context in
                Transfer.of(context)?.giveBody(UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) ?? Int(CURL_READFUNC_ABORT)
            }, { context, offset, origin in
                guard origin == SEEK_SET, let outflow = Transfer.of(context)?.outflow else { return CURL_SEEKFUNC_FAIL }
                outflow.seek(to: Int(offset))
                return CURL_SEEKFUNC_OK
            }, Unmanaged.passUnretained(transfer).toOpaque()) != 0
    }

    private func setMethod(_ method: String, _ body: Buffer?, _ upload: CurlUpload?) -> Bool {
        if method == "HEAD" { return set(CURLOPT_NOBODY, 1) }
        if let upload {
            return set(CURLOPT_UPLOAD, 1) && set(CURLOPT_CUSTOMREQUEST, method) && set(CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10)
                && lyceum_set_large(raw, CURLOPT_INFILESIZE_LARGE, curl_off_t(upload.length ?? -1)) != 0
        }
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
