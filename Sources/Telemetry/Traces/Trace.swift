/// Where in a distributed trace this code runs (W3C Trace Context, level 1).
public struct Trace: Sendable, Equatable {
    /// 16 bytes, not all zero: the same in every service that a request touches.
    public let traceID: (UInt64, UInt64)
    /// 8 bytes, not zero: this step.
    public let spanID: UInt64
    /// Whether spans of this trace are kept.
    public let isSampled: Bool
    /// Who keeps the spans of this trace here; nil when it is not sampled, or nothing is exported.
    public private(set) var tracer: Tracer?

    /// The trace of the running task.
    @TaskLocal public static var current: Trace?

    public init(traceID: (UInt64, UInt64), spanID: UInt64, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// A new trace with its first span.
    public static func random(isSampled: Bool = false) -> Trace {
        var random = ThreadRandom()
        func number() -> UInt64 { .random(in: 1 ... .max, using: &random) }
        return Trace(traceID: (number(), number()), spanID: number(), isSampled: isSampled)
    }

    /// Reads a `traceparent` header: `00-` trace id `-` parent id `-` flags. Nil when it is malformed; a newer version is read as far as it is known.
    public init?(traceparent text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4, parts[1].count == 32, parts[2].count == 16, parts[3].count == 2,
              parts[0...3].allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 } }),
              let high = UInt64(parts[1].prefix(16), radix: 16), let low = UInt64(parts[1].suffix(16), radix: 16), high | low != 0,
              let span = UInt64(parts[2], radix: 16), span != 0, let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.init(traceID: (high, low), spanID: span, isSampled: flags & 1 == 1)
    }

    /// The next step of the same trace.
    public func child() -> Trace {
        var child = Trace(traceID: traceID, spanID: .random(in: 1 ... .max), isSampled: isSampled)
        child.tracer = tracer
        return child
    }

    /// The first step of a service in the trace that came with a request, an event or a job, or in a new one. The sender's word is kept on whether
    /// its trace is sampled; `tracer` decides for a new one.
    public static func entering(after parent: Trace?, _ tracer: Tracer?) -> Trace {
        var trace = parent?.child() ?? .random(isSampled: tracer?.keepsNext() ?? false)
        trace.tracer = trace.isSampled ? tracer : nil
        return trace
    }

    /// The header for calls and events that this step makes.
    public var traceparent: String { "00-\(traceIDText)-\(spanIDText)-\(isSampled ? "01" : "00")" }
    /// 32 hexadecimal digits.
    public var traceIDText: String { hexadecimal(traceID.0) + hexadecimal(traceID.1) }
    /// 16 hexadecimal digits.
    public var spanIDText: String { hexadecimal(spanID) }

    public static func == (left: Trace, right: Trace) -> Bool {
        left.traceID == right.traceID && left.spanID == right.spanID && left.isSampled == right.isSampled
    }
}

func hexadecimal(_ number: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { text in
        if let start = text.baseAddress { writeHexadecimal(number, to: start) }
        return 16
    }
}
