import HTTP
import JSON
import Loop
import Telemetry
import TestKit
import TestRoutes
import Testing

@testable import Kit

@Suite("Server-sent events") struct EventStreamTests {
    @Test("an event is fields and an empty line", arguments: [
        (ServerSentEvent(data: "one"), "data: one\n\n"),
        (ServerSentEvent(id: "7", name: "progress", data: "{}"), "id: 7\nevent: progress\ndata: {}\n\n"),
        (ServerSentEvent(data: ""), "data: \n\n"),
        (ServerSentEvent(data: "a\nb\r\nc\rd\n"), "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"),
        (ServerSentEvent(data: "\n\r"), "data: \ndata: \ndata: \n\n"),
        (ServerSentEvent(id: "1\ndata: x", name: "a\r\n\nb\0", data: "y"), "id: 1data: x\nevent: ab\ndata: y\n\n"),
    ])
    func framing(event: ServerSentEvent, text: String) { #expect(String(decoding: event.bytes, as: UTF8.self) == text) }

    /// Serves `/v1/events` with what `next` gives for as long as the body runs.
    private func serving(
        silence: UInt64 = 3_600_000, state: RunState = RunState(), _ next: @escaping @Sendable (RequestContext) async throws -> ServerSentEvent?,
        _ body: (RawClient) async throws -> Void
    ) async throws {
        let route = Route("GET", "/v1/events", .anyone) { context in
            .events(for: context, silenceMilliseconds: silence, retryMilliseconds: 1500, state: state) { try await next(context) }
        }
        let service = try HTTPService(
            service: "sample", routes: [route], authenticator: NobodySignsIn(), configuration: .init(port: 0), loops: testLoops,
            log: Log(service: "sample", sink: MemorySink()), state: state, metrics: Metrics())
        let task = Task { try await service.run() }
        #expect(await eventually { service.port != nil })
        let client = try RawClient(port: try #require(service.port))
        do { try await body(client) } catch { Issue.record(error) }
        task.cancel()
        try await task.value
    }

    private func ask(_ client: RawClient, _ fields: String = "") { client.send("GET /v1/events HTTP/1.1\r\nhost: a\r\n\(fields)\r\n") }

    @Test("a client is greeted at once and hears of each event as it happens, from the one on that it has") func stream() async throws {
        let number = Locked(0)
        let mayGoOn = OneTimeSignal()
        try await serving({ context in
            let at = number.withLock { number in
                number += 1
                return number
            }
            if at == 2 { await mayGoOn.wait() }
            return at > 2 ? nil : ServerSentEvent(id: "\(at)", data: "after \(context.lastEventID ?? "-")")
        }) { client in
            ask(client, "last-event-id: 41\r\n")
            #expect(await client.waits(for: "content-type: text/event-stream\r\n"))
            #expect(await client.waits(for: "retry: 1500\n\n"))
            #expect(await client.waits(for: "id: 1\ndata: after 41\n\n"))
            #expect(!client.rest.contains("id: 2"))
            mayGoOn.send()
            #expect(await client.waits(for: "id: 2\ndata: after 41\n\n"))
            #expect(await client.waits(for: "\r\n0\r\n\r\n"))
        }
    }

    @Test("silence is broken by comments, and what is waited for is not begun anew") func silence() async throws {
        let asked = Locked(0)
        let mayGoOn = OneTimeSignal()
        try await serving(silence: 20, { _ in
            let at = asked.withLock { asked in
                asked += 1
                return asked
            }
            if at == 1 { await mayGoOn.wait() }
            return at == 1 ? ServerSentEvent(data: "late") : nil
        }) { client in
            ask(client)
            #expect(await client.waits(until: { $0.split(separator: ":\n\n", omittingEmptySubsequences: false).count > 4 }))
            #expect(asked.withLock { $0 } == 1)
            mayGoOn.send()
            #expect(await client.waits(for: "data: late\n\n"))
            #expect(await client.waits(for: "\r\n0\r\n\r\n"))
            #expect(asked.withLock { $0 } == 2)
        }
    }

    @Test("a client that goes in a silence ends what it waited for") func clientGoes() async throws {
        let begun = OneTimeSignal()
        let ended = OneTimeSignal()
        try await serving(silence: 20, { context in
            begun.send()
            try? await context.request.loop.sleep(milliseconds: 3_600_000)
            #expect(Task.isCancelled)
            ended.send()
            return nil
        }) { client in
            ask(client)
            #expect(await client.waits(for: ":\n\n"))
            await begun.wait()
            client.leave()
            await ended.wait()
        }
    }

    @Test("a process that drains ends its streams, and their clients come back to another") func draining() async throws {
        let state = RunState()
        try await serving(state: state, { context in
            try await context.request.loop.sleep(milliseconds: 3_600_000)
            return nil
        }) { client in
            ask(client)
            #expect(await client.waits(for: "retry: 1500\n\n"))
            state.enter(.draining)
            #expect(await client.waits(for: "\r\n0\r\n\r\n"))
        }
    }

    @Test("an error breaks the stream off, so that the client comes back") func breaksOff() async throws {
        struct Broken: Error {}
        try await serving({ _ in throw Broken() }) { client in
            ask(client)
            #expect(await client.waits(for: "retry: 1500\n\n"))
            #expect(await client.waitsForEnd())
            #expect(!client.rest.contains("\r\n0\r\n\r\n"))
        }
    }
}
