internal import CCurl

/// What a thread sends mail with: a libcurl handle and the one connection that it keeps.
struct MailHandle: ~Copyable {
    private let easy = EasyHandle()

    // libcurl would say QUIT and wait two minutes for the answer.
    deinit { easy?.hangUp() }

    /// Sends the mail, blocking, until the server has answered, the time is over or the transfer is told to stop.
    func send(_ transfer: MailTransfer, to url: String, certificateAuthorities: String?) -> Result<SMTPAnswer, CurlError> {
        if let reason = transfer.stopReason { return .failure(reason) }
        let left = ContinuousClock.now.duration(to: transfer.endsBy) / .milliseconds(1)
        guard left >= 1 else { return .failure(CurlError(.timeout, "no time was left when a thread came free")) }
        guard let easy else { return .failure(CurlError(.library, "libcurl cannot be used")) }
        defer { easy.reset() }
        guard easy.prepare(transfer, to: url, milliseconds: Int(left), certificateAuthorities: certificateAuthorities) else {
            return .failure(CurlError(.library, "libcurl does not take the mail"))
        }
        let code = curl_easy_perform(easy.raw)
        let status = lyceum_get_long(easy.raw, CURLINFO_RESPONSE_CODE)
        guard code != CURLE_OK else { return .success(SMTPAnswer(code: status, line: transfer.reply)) }
        if code == CURLE_ABORTED_BY_CALLBACK, let reason = transfer.stopReason { return .failure(reason) }
        return .failure(CurlError(
            status >= 400 ? .refused : CurlError.Kind(code), easy.reason(code), code: Int(code.rawValue), answerCode: status > 0 ? status : nil,
            mayHaveBeenSent: transfer.hasBegun))
    }
}

extension EasyHandle {
    fileprivate func prepare(_ transfer: MailTransfer, to url: String, milliseconds: Int, certificateAuthorities: String?) -> Bool {
        // STARTTLS wherever the server offers it; then its certificate must hold. A password does not go out without.
        let encryption = Self.hasUserInfo(url) ? CURLUSESSL_ALL : CURLUSESSL_TRY
        // A mail server may let its greeting wait.
        return prepare(url, milliseconds: milliseconds, connectMilliseconds: milliseconds, certificateAuthorities: certificateAuthorities)
            && setFunctions(transfer)
            && set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
            && set(CURLOPT_MAXCONNECTS, 1)
            && set(CURLOPT_USE_SSL, Int(encryption.rawValue))
            && set(CURLOPT_MAIL_FROM, "<\(transfer.sender)>")
            && set(CURLOPT_MAIL_RCPT, transfer.recipients.map { "<\($0)>" })
            && set(CURLOPT_UPLOAD, 1)
            && lyceum_set_large(raw, CURLOPT_INFILESIZE_LARGE, curl_off_t(transfer.message.count)) != 0
    }

    private static func hasUserInfo(_ url: String) -> Bool {
        guard let start = url.firstRange(of: "://") else { return false }
        return url[start.upperBound...].prefix { $0 != "/" }.contains("@")
    }

    private func setFunctions(_ transfer: MailTransfer) -> Bool {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        return lyceum_set_functions(raw, { bytes, size, count, context in
            MailTransfer.of(context)?.takeReply(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }, { _, _, _, _ in 0 }, context) != 0
            && lyceum_set_upload(raw, { room, size, count, context in
                MailTransfer.of(context)?.give(UnsafeMutableRawBufferPointer(start: room, count: size * count)) ?? 0
            }, { context, _, _, _, _ in MailTransfer.of(context)?.stopReason == nil ? 0 : 1 }, context) != 0
    }
}

extension MailTransfer {
    /// The transfer behind a callback's context. Who waits for it keeps it.
    fileprivate static func of(_ context: UnsafeMutableRawPointer?) -> MailTransfer? {
        context.map { Unmanaged<MailTransfer>.fromOpaque($0).takeUnretainedValue() }
    }
}
