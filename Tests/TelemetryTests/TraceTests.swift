import Telemetry
import Testing

@Suite("Trace context")
struct TraceTests {
    @Test("a traceparent is read, continued and written")
    func continued() throws {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let trace = try #require(Trace(traceparent: text))
        #expect(trace.traceparent == text)
        #expect(trace.child().traceIDText == "0af7651916cd43dd8448eb211c80319c")
        #expect(trace.child().spanID != trace.spanID)
        #expect(trace.child().isSampled)
        #expect(Trace(traceparent: Trace.random().traceparent) != nil)
    }

    @Test("a newer version is read as far as it is known")
    func newer() { #expect(Trace(traceparent: "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what") != nil) }

    @Test("what is malformed starts no trace", arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01", "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ])
    func malformed(text: String) { #expect(Trace(traceparent: text) == nil) }
}
