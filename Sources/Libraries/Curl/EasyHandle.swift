internal import CCurl
internal import JSON

/// A libcurl handle with one owner, used for one transfer after the other so that what it has learnt is kept. Its loop's thread only.
final class EasyHandle {
    let raw: UnsafeMutableRawPointer
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    init?() {
        guard let raw = curl_easy_init() else { return nil }
        self.raw = raw
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(raw)
        freeLists()
        message.deallocate()
    }

    /// Forgets the last transfer; connections live on in the multi handle.
    func reset() {
        curl_easy_reset(raw)
        freeLists()
        message[0] = 0
    }

    private func freeLists() {
        for list in lists { curl_slist_free_all(list) }
        lists = []
    }

    /// The words that libcurl has for the failure, or those for its code.
    func reason(_ code: CURLcode) -> String {
        String(cString: message[0] == 0 ? curl_easy_strerror(code) : UnsafePointer(message))
    }

    /// Sets all options for the transfer, whose memory must stay until it has ended. False when libcurl takes one of them not.
    func prepare(_ transfer: Transfer, milliseconds: Int, _ configuration: CurlConfiguration) -> Bool {
        let plan = transfer.plan
        let isSet = set(CURLOPT_URL, plan.url)
            && lyceum_set_pointer(raw, CURLOPT_ERRORBUFFER, message) != 0
            && set(CURLOPT_NOSIGNAL, 1)
            // Else a transfer that ends while its name is being looked up would wait for the resolver, and the loop with it.
            && set(CURLOPT_QUICK_EXIT, 1)
            && set(CURLOPT_TIMEOUT_MS, milliseconds)
            && set(CURLOPT_CONNECTTIMEOUT_MS, min(plan.connectMilliseconds ?? configuration.connectMilliseconds, milliseconds))
            && set(CURLOPT_FOLLOWLOCATION, 0)
            && set(CURLOPT_PROXY, "")
            && set(CURLOPT_TCP_KEEPALIVE, 1)
            && (configuration.certificateAuthorities.map { set(CURLOPT_CAINFO, $0) } ?? true)
            && setFunctions(transfer)
        guard isSet else { return false }
        return switch plan.work {
        case .http(let method, let headers, let body, let acceptsCompressed):
            prepareHTTP(method, headers, body, acceptsCompressed) && set(CURLOPT_USERAGENT, configuration.userAgent)
        case .mail(let sender, let recipients, let message): prepareMail(sender, recipients, message)
        }
    }

    private func setFunctions(_ transfer: Transfer) -> Bool {
        lyceum_set_functions(raw, { bytes, size, count, context in
            Transfer.of(context)?.takeHead(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }, { bytes, size, count, context in
            Transfer.of(context)?.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }, { room, size, count, context in
            Transfer.of(context)?.giveUpload(UnsafeMutableRawBufferPointer(start: room, count: size * count)) ?? 0
        }, Unmanaged.passUnretained(transfer).toOpaque()) != 0
    }

    private func prepareHTTP(_ method: String, _ headers: [HeaderField], _ body: Buffer?, _ acceptsCompressed: Bool) -> Bool {
        // No question whether the body is welcome, and no type that nobody has said.
        var lines = ["Expect:"] + headers.map(\.line)
        if !headers.contains(where: { $0.isNamed("content-type") }) { lines.append("Content-Type:") }
        let isSet = set(CURLOPT_PROTOCOLS_STR, "http,https") && set(CURLOPT_PATH_AS_IS, 1) && set(CURLOPT_HTTPHEADER, lines)
            && (acceptsCompressed ? set(CURLOPT_ACCEPT_ENCODING, "gzip") : true)
        guard isSet else { return false }
        if method == "HEAD" { return set(CURLOPT_NOBODY, 1) }
        guard body != nil || method != "GET" else { return set(CURLOPT_HTTPGET, 1) }
        guard body != nil || ["POST", "PUT", "PATCH"].contains(method) else { return set(CURLOPT_CUSTOMREQUEST, method) }
        return lyceum_set_large(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body?.count ?? 0)) != 0
            && lyceum_set_pointer(raw, CURLOPT_POSTFIELDS, body?.bytes.baseAddress.map { UnsafeRawPointer($0) } ?? Self.nothing) != 0
            && set(CURLOPT_CUSTOMREQUEST, method)
    }

    private func prepareMail(_ sender: String, _ recipients: [String], _ message: Buffer) -> Bool {
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
            && set(CURLOPT_USE_SSL, Int(CURLUSESSL_TRY.rawValue))   // STARTTLS wherever the server offers it; then its certificate must hold
            && set(CURLOPT_MAIL_FROM, "<\(sender)>")
            && set(CURLOPT_MAIL_RCPT, recipients.map { "<\($0)>" })
            && set(CURLOPT_UPLOAD, 1)
            && lyceum_set_large(raw, CURLOPT_INFILESIZE_LARGE, curl_off_t(message.count)) != 0
    }

    /// An address for a body of no bytes: null would make libcurl ask for one.
    private static nonisolated(unsafe) let nothing = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

    private func set(_ option: CURLoption, _ value: String) -> Bool { lyceum_set_text(raw, option, value) != 0 }
    private func set(_ option: CURLoption, _ value: Int) -> Bool { lyceum_set_long(raw, option, value) != 0 }

    private func set(_ option: CURLoption, _ lines: [String]) -> Bool {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                return false
            }
            list = longer
        }
        guard let list else { return true }
        lists.append(list)
        return lyceum_set_pointer(raw, option, list) != 0
    }
}

extension Transfer {
    /// The transfer behind a callback's context. Its loop keeps it until it has ended.
    fileprivate static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }
}
