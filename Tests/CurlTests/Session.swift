import Curl
import JSON
import Loop

/// Loops and a client on them for one test; both are ended after it.
func withClient<R: Sendable>(
    loops count: Int = 1, _ configuration: CurlConfiguration = CurlConfiguration(), _ body: @escaping @Sendable (CurlClient) async throws -> R
) async throws -> R {
    let loops = LoopGroup(count: count, name: "curl-test")
    let client = CurlClient(loops, configuration)
    let result = await Task { try await loops.run { try await body(client) } }.result
    await client.close()
    await loops.shutdown()
    return try result.get()
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
