import Curl
import JSON
import Loop
import Testing
import TestKit

/// Requests that are sent again, and servers that are left alone.
@Suite struct CallTests {
    /// Pauses that it was asked for, all of them answered with none.
    private final class Dice: Sendable {
        let asked = Locked<[Int]>([])
        func retry(_ attempts: Int = 3) -> CurlRetry {
            CurlRetry(attempts: attempts, baseMilliseconds: 40, capMilliseconds: 100) { longest in
                self.asked.withLock { $0.append(longest) }
                return 0
            }
        }
    }

    @Test("a 503 is asked again for what may be repeated, with pauses drawn from twice as long each time, up to the cap")
    func retries() async throws {
        let server = try await WebServer.shared, dice = Dice()
        try await withClient { client async throws in
            let answer = try await client.call(ask(server.url("/thirdtime/\(uniqueName("a"))")), dice.retry())
            #expect(answer.status == 200 && answer.body == Array("3".utf8))
            #expect(dice.asked.withLock { $0 } == [40, 80])
            let refused = try await client.call(ask(server.url("/status/503")), dice.retry(5))
            #expect(refused.status == 503)
            #expect(dice.asked.withLock { $0.dropFirst(2) } == [40, 80, 100, 100])
            let streamed = try await client.callStream(ask(server.url("/thirdtime/\(uniqueName("b"))")), dice.retry())
            #expect(streamed.status == 200)
            #expect(try await streamed.next() == Array("3".utf8))
        }
    }

    @Test("what must not run twice is sent once when it may have arrived, and again when nobody listened")
    func onceOnly() async throws {
        let server = try await WebServer.shared, dice = Dice(), closed = freePort()
        try await withClient { client async throws in
            var request = ask("POST", server.url("/thirdtime/\(uniqueName("c"))"))
            request.mayRepeat = false
            #expect(try await client.call(request, dice.retry()).status == 503)
            request.url = server.url("/silent")
            #expect(await kind { () async throws(CurlError) in try await client.call(request, dice.retry()) } == .connection)
            #expect(dice.asked.withLock { $0 } == [])
            let tries = Locked(0)
            var retry = dice.retry()
            retry.onRetry = { _ in tries.withLock { $0 += 1 } }
            request.url = "http://127.0.0.1:\(closed)/"
            #expect(await kind { () async throws(CurlError) in try await client.call(request, retry) } == .connection)
            #expect(tries.withLock { $0 } == 2)
        }
    }

    @Test("all tries stay within the time limit of the request")
    func withinLimit() async throws {
        let server = try await WebServer.shared, asked = Locked(0)
        try await withClient { client async throws in
            var retry = CurlRetry(attempts: 1000, baseMilliseconds: 60_000, capMilliseconds: 60_000) { $0 }
            retry.onRetry = { _ in asked.withLock { $0 += 1 } }
            // The pause would be longer than what is left: the answer that there is, is given at once.
            #expect(try await client.call(ask(server.url("/status/503")), retry).status == 503)
            #expect(asked.withLock { $0 } == 0)
        }
    }

    @Test("a server that failed five times running is left alone, another on the same machine is not, and it is found again")
    func circuit() async throws {
        let server = try await WebServer.shared, port = freePort()
        try await withClient { client async throws in
            let once = CurlRetry(attempts: 1), request = ask("http://127.0.0.1:\(port)/echo")
            for _ in 0..<5 { #expect(await kind { () async throws(CurlError) in try await client.call(request, once) } == .connection) }
            #expect(await kind { () async throws(CurlError) in try await client.call(request, once) } == .circuitOpen)
            #expect(try await client.call(ask(server.url("/echo")), once).status == 200)
            // A plain `send` asks all the same, and says what it finds.
            #expect(await client.failure(request)?.kind == .connection)
            // After its pause one request goes through, and fails as a connection does.
            #expect(await eventually { await kind { () async throws(CurlError) in try await client.call(request, once) } == .connection })
        }
    }
}

private func kind(_ body: () async throws(CurlError) -> CurlResponse) async -> CurlError.Kind? {
    do throws(CurlError) {
        _ = try await body()
        return nil
    } catch { return error.kind }
}
