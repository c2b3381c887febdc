import Curl
import JSON
import Loop

/// A request that has time: what is not about time limits must not fail on a busy machine.
func ask(_ method: String, _ url: String, limit: Int = 8 << 20) -> CurlRequest {
    CurlRequest(method, url, timeoutMilliseconds: 30_000, limit: limit)
}

func ask(_ url: String, limit: Int = 8 << 20) -> CurlRequest { ask("GET", url, limit: limit) }

/// As long to connect and to wait for a place.
var patient: CurlConfiguration {
    var configuration = CurlConfiguration()
    configuration.connectMilliseconds = 30_000
    configuration.waitMilliseconds = 30_000
    return configuration
}

/// Loops and a client on them for one test; both are ended after it.
func withClient<R: Sendable>(
    loops count: Int = 1, _ configuration: CurlConfiguration = patient, _ body: @escaping @Sendable (CurlClient) async throws -> R
) async throws -> R {
    let loops = LoopGroup(count: count, name: "curl-test")
    let client = CurlClient(loops, configuration)
    let result = await Task { try await loops.run { try await body(client) } }.result
    await client.close()
    await loops.shutdown()
    return try result.get()
}

/// A mail client for one test, closed after it.
func withMail<R>(
    _ url: String, certificateAuthorities: String? = nil, timeoutMilliseconds: Int = 60_000, _ body: (SMTPClient) async throws -> R
) async throws -> R {
    let smtp = try SMTPClient(url, certificateAuthorities: certificateAuthorities, timeoutMilliseconds: timeoutMilliseconds)
    let result: Result<R, any Error>
    do { result = .success(try await body(smtp)) } catch { result = .failure(error) }
    await smtp.close()
    return try result.get()
}

extension WebServer {
    /// Whether `count` requests have come, besides those that ask for it.
    func hasHeard(_ count: Int) async throws -> Bool {
        try await withClient { client async throws in
            for asked in 1...1000 {
                let counts = try await client.json(ask(self.url("/counts")))
                if let heard = counts["requests"]?.intValue, heard - asked >= count { return true }
                try await Task.sleep(for: .milliseconds(20))
            }
            return false
        }
    }
}

extension CurlClient {
    func json(_ request: CurlRequest) async throws -> JSONValue { try JSONValue.parse(try await send(request).body) }
}

extension CurlClient {
    /// The error of what must fail.
    func failure(_ request: CurlRequest) async -> CurlError? {
        await error(of: { () async throws(CurlError) in try await send(request) })
    }
}

extension SMTPClient {
    func failure(_ message: MailMessage) async -> CurlError? {
        await error(of: { () async throws(CurlError) in try await send(message) })
    }

    func failure(from sender: String, to recipients: [String], message: [UInt8]) async -> CurlError? {
        await error(of: { () async throws(CurlError) in try await send(from: sender, to: recipients, message: message) })
    }
}

private func error(of body: () async throws(CurlError) -> some Any) async -> CurlError? {
    do throws(CurlError) {
        _ = try await body()
        return nil
    } catch { return error }
}
