import HTTP
import Telemetry

/// By what a request is known in logs: its id and its place in a trace.
struct RequestIdentity {
    let id: String
    let trace: Trace
    /// The step of the caller, when it named one.
    let parent: Trace?

    /// Goes on with what the request carries, if that is well-formed; begins anew otherwise.
    init(_ request: Request, _ tracer: Tracer?) {
        let sent = request.header("x-request-id")
        id = sent.flatMap { Self.isSound($0) ? $0 : nil } ?? UUID16.v7().description
        let parents = request.headers("traceparent")
        // Two of them are none (W3C Trace Context, section 3.2).
        parent = parents.count == 1 ? Trace(traceparent: parents[0]) : nil
        trace = .entering(after: parent, tracer)
    }

    /// An id from outside goes into logs and answers: short, and of letters that mean nothing there.
    private static func isSound(_ id: String) -> Bool {
        1...128 ~= id.utf8.count
            && id.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
                default: false
                }
            }
    }
}
