import Curl
import JSON
import Loop
import Testing
import TestKit

/// Nothing waits for ever, grows without end or is done more often than allowed.
@Suite struct CurlLimitTests {
    /// A request that is not answered while a test runs, nor given up.
    private func endless(_ server: WebServer) -> CurlRequest { CurlRequest(server.url("/slow/600000"), timeoutMilliseconds: 600_000) }

    @Test("an answer that does not come in time is a timeout")
    func timeout() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let start = ContinuousClock.now
            let error = await client.failure(CurlRequest(server.url("/slow/600000"), timeoutMilliseconds: 1000))
            #expect(error?.kind == .timeout)
            #expect(error?.mayHaveBeenSent == true)
            #expect(ContinuousClock.now - start >= .milliseconds(990))
        }
    }

    @Test("no answer is waited for beyond the deadline of the task, and after it nothing is sent")
    func deadline() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let late = await Deadline(milliseconds: 1000).during { await client.failure(ask(server.url("/slow/25000"))) }
            #expect(late?.kind == .timeout && late?.mayHaveBeenSent == true)
            let over = await Deadline(milliseconds: 0).during { await client.failure(ask(server.url("/echo"))) }
            #expect(over?.kind == .timeout && over?.mayHaveBeenSent == false)
        }
    }

    @Test("a server that accepts and says nothing is a timeout")
    func hanging() async throws {
        let server = try await WebServer()
        server.pause()
        try await withClient { client async throws in
            let error = await client.failure(CurlRequest(server.url("/echo"), timeoutMilliseconds: 300))
            #expect(error?.kind == .timeout)
        }
    }

    @Test("a server that neither takes nor says anything for the stall time is a timeout, however long all of it may take", .timeLimit(.minutes(2)))
    func stalled() async throws {
        let server = try await WebServer()
        server.pause()
        try await withClient { client async throws in
            var request = CurlRequest("PUT", server.url("/echo"), timeoutMilliseconds: 600_000)
            request.upload = CurlUpload(length: 64 << 20) { _ in [UInt8](repeating: 7, count: 1 << 20) }
            request.stallSeconds = 1
            let start = ContinuousClock.now
            let error = await client.failure(request)
            #expect(error?.kind == .timeout)
            #expect(ContinuousClock.now - start < .seconds(300))
        }
    }

    @Test("a port where nobody listens is a connection error of a request that was not sent")
    func refused() async throws {
        try await withClient { client async throws in
            let error = await client.failure(ask("http://127.0.0.1:\(freePort())/"))
            #expect(error?.kind == .connection)
            #expect(error?.mayHaveBeenSent == false)
        }
    }

    @Test("a name that does not exist is a connection error")
    func unknownName() async throws {
        try await withClient { client async throws in
            let error = await client.failure(CurlRequest("http://nowhere.invalid/"))
            #expect([.connection, .timeout].contains(error?.kind))
            #expect(error?.mayHaveBeenSent == false)
        }
    }

    @Test("a server that hangs up, cuts its answer short or talks nonsense is an error, and the next request works", arguments: [
        ("/silent", CurlError.Kind.connection), ("/short", .connection), ("/garbage", .protocolViolation),
    ])
    func broken(path: String, kind: CurlError.Kind) async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let error = await client.failure(ask(server.url(path)))
            #expect(error?.kind == kind)
            #expect(try await client.send(ask(server.url("/echo"))).status == 200)
        }
    }

    @Test("an answer longer than the limit is refused, also when it comes in pieces", arguments: ["/size/10001", "/chunks/50"])
    func tooLarge(path: String) async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let error = await client.failure(ask(server.url(path), limit: 10_000))
            #expect(error?.kind == .tooLarge)
        }
    }

    @Test("an answer of exactly the limit is taken")
    func exactlyTheLimit() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            #expect(try await client.send(ask(server.url("/size/10000"), limit: 10_000)).body.count == 10_000)
        }
    }

    @Test("a head longer than the limit is refused")
    func bigHead() async throws {
        let server = try await WebServer.shared
        try await withClient { client async throws in
            let error = await client.failure(ask(server.url("/bighead")))
            #expect(error?.kind == .tooLarge)
        }
    }

    @Test("of more requests than may run the others wait their turn, and of more than may wait the rest is refused")
    func overload() async throws {
        let server = try await WebServer()
        var configuration = patient
        (configuration.transfersPerLoop, configuration.waitingPerLoop, configuration.waitMilliseconds) = (2, 3, 30_000)
        try await withClient(configuration) { client async throws in
            let kinds = await withTaskGroup(of: CurlError.Kind?.self) { group in
                for _ in 0..<10 {
                    group.addTask { await client.failure(CurlRequest(server.url("/slow/200"), timeoutMilliseconds: 30_000))?.kind }
                }
                return await group.reduce(into: [CurlError.Kind?]()) { $0.append($1) }
            }
            #expect(kinds.filter { $0 == nil }.count == 5)
            #expect(kinds.filter { $0 == .overloaded }.count == 5)
            let counts = try await client.json(ask(server.url("/counts")))
            #expect(try #require(counts["connections"]?.intValue) <= 2)
        }
    }

    @Test("who waits for a place waits so long and no longer")
    func boundedWait() async throws {
        let server = try await WebServer()
        var configuration = patient
        (configuration.transfersPerLoop, configuration.waitMilliseconds) = (1, 150)
        try await withClient(configuration) { client async throws in
            let first = Task { await client.failure(endless(server)) }
            #expect(try await server.hasHeard(1))
            let start = ContinuousClock.now
            let error = await client.failure(endless(server))
            #expect(error?.kind == .overloaded)
            #expect(error?.mayHaveBeenSent == false)
            #expect(ContinuousClock.now - start >= .milliseconds(140))
            first.cancel()
            #expect(await first.value?.kind == .cancelled)
        }
    }

    @Test("a cancelled request ends at once, running or waiting, and its place is free again")
    func cancellation() async throws {
        let server = try await WebServer()
        var configuration = patient
        (configuration.transfersPerLoop, configuration.waitMilliseconds) = (1, 600_000)
        try await withClient(configuration) { client async throws in
            let running = Task { await client.failure(endless(server)) }
            #expect(try await server.hasHeard(1))
            let waiting = Task { await client.failure(endless(server)) }
            waiting.cancel()
            running.cancel()
            let (first, second) = (await running.value, await waiting.value)
            #expect(first?.kind == .cancelled)
            #expect(first?.mayHaveBeenSent == true)
            #expect(second?.kind == .cancelled)
            #expect(second?.mayHaveBeenSent == false)
            #expect(try await client.send(ask(server.url("/echo"))).status == 200)
        }
    }

    @Test("a task that is cancelled already sends nothing")
    func cancelledBefore() async throws {
        let server = try await WebServer()
        try await withClient { client async throws in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await client.failure(ask(server.url("/echo")))
            }
            let error = await task.value
            #expect(error?.kind == .cancelled)
            #expect(error?.mayHaveBeenSent == false)
            #expect(try await client.json(ask(server.url("/counts")))["requests"] == 1)
        }
    }

    @Test("closing the client ends what runs and refuses what comes")
    func close() async throws {
        let server = try await WebServer()
        let loops = LoopGroup(count: 2)
        let client = CurlClient(loops, patient)
        let running = (0..<4).map { _ in
            Task { await client.failure(endless(server)) }
        }
        #expect(try await server.hasHeard(4))
        await client.close()
        for task in running { #expect(await task.value?.kind == .closed) }
        let error = await client.failure(ask(server.url("/echo")))
        #expect(error?.kind == .closed)
        #expect(error?.mayHaveBeenSent == false)
        await loops.shutdown()
    }
}
