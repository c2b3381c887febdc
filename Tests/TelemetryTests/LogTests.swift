import Glibc
import Telemetry
import TestKit
import Testing

@Suite("Logs")
struct LogTests {
    @Test("a line is one JSON object with its fields, hostile text escaped")
    func line() throws {
        let sink = MemorySink()
        let log = Log(service: "users", sink: sink).with("requestId", "r1")
        log.info("signed in", [("note", .string("a\"b\nc\u{1}")), ("count", 2), ("share", 0.5), ("ok", true)])
        let line = try #require(sink.lines.first)
        #expect(line.hasSuffix(#""level":"info","message":"signed in","service":"users","requestId":"r1","note":"a\"b\nc\u0001","count":2,"share":0.5,"ok":true}"#))
        #expect(line.hasPrefix("{\"time\":\"2"))
    }

    @Test("lines below the level are not written")
    func level() {
        let sink = MemorySink()
        let log = Log(service: "users", level: .warning, sink: sink)
        log.info("no")
        log.error("yes")
        #expect(sink.lines.count == 1)
    }

    @Test("the trace of the task stands on its lines")
    func trace() {
        let sink = MemorySink()
        let trace = Trace.random()
        Trace.$current.withValue(trace) { Log(service: "users", sink: sink).notice("here") }
        #expect(sink.lines[0].contains("\"traceId\":\"\(trace.traceIDText)\""))
    }

    @Test("a reader that does not read loses lines, is told how many, and holds nobody up")
    func fullPipe() async throws {
        var ends: [Int32] = [0, 0]
        try #require(localPipe(&ends) == 0)
        let sink = StandardOutputSink(descriptor: ends[1], limit: 100_000)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 999)
        let written = Metrics().counter("written_total", help: "Lines.").series()
        Task.detached {
            for _ in 0..<2000 {
                sink.write(line)
                written.add()
            }
        }
        let isThrough = await eventually { written.value == 2000 }
        #expect(isThrough)
        let end = ends[0]
        let told = isThrough ? await Task.detached { readUntilDropped(end) { sink.write(line) } }.value : false
        #expect(told)
        signal(SIGPIPE, SIG_IGN)   // what the sink still has to say nobody reads
        close(ends[0])
        sink.flush()
        close(ends[1])
    }

    @Test("a value is cut at 8 KiB, whatever its characters are made of")
    func longValue() throws {
        let sink = MemorySink()
        Log(service: "users", sink: sink).info("long", [("text", .string(String(repeating: "👩‍👩‍👧‍👦", count: 3000)))])
        let line = try #require(sink.lines.first)
        #expect(line.utf8.count < 8192 + 200 && line.hasSuffix("…\"}"))
    }
}
