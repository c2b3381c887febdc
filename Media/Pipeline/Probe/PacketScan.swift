import LibAV

/// What the packets of one stream really are, as against what the header says: every one of them read once.
struct PacketScan {
    private let unit: Double
    private(set) var packets = 0
    private(set) var bytes = 0
    private(set) var corrupt = 0
    private(set) var keyFrames = 0
    private(set) var backwards = 0
    private var first: Int64?
    private var end: Int64?
    private var lastKey: Int64?
    private var lastDecoding: Int64?
    /// Packets without any time, which some containers have before their zero.
    private var untimed = 0
    private var widestKeyGap: Int64 = 0
    /// Steps between decoding times and how often each was seen; bounded.
    private var steps: [Int64: Int] = [:]
    /// Stretches of time that begin with a packet, by number. Bounded: a video that is taken has fewer.
    private var occupied: Set<Double> = []
    private var lastOccupied: Double?
    private static let stretchSeconds = 10.0

    init(timeBase: Rational) { unit = timeBase.value }

    mutating func add(_ packet: borrowing Packet) {
        packets += 1
        bytes += packet.size
        if packet.isCorrupt { corrupt += 1 }
        if let decoding = packet.decoding { step(to: decoding) }
        guard let shown = packet.presentation ?? packet.decoding else { untimed += 1; return }
        if packet.isKey { key(at: shown) }
        guard !packet.isDiscarded else { return }
        occupy(shown)
        first = min(first ?? shown, shown)
        let (after, overflow) = shown.addingReportingOverflow(max(0, packet.duration))
        end = max(end ?? shown, overflow ? shown : after)
    }

    private mutating func step(to decoding: Int64) {
        if let last = lastDecoding {
            let (step, overflow) = decoding.subtractingReportingOverflow(last)
            if step <= 0 || overflow { backwards += 1 } else if steps.count < 4096 || steps[step] != nil { steps[step, default: 0] += 1 }
        }
        lastDecoding = decoding
    }

    /// By when packets are shown: decoding times may be dense where pictures are not.
    private mutating func occupy(_ shown: Int64) {
        let stretch = (Double(shown) * unit / Self.stretchSeconds).rounded(.down)
        guard stretch != lastOccupied, occupied.count < 10_000 else { return }
        occupied.insert(stretch)
        lastOccupied = stretch
    }

    private mutating func key(at shown: Int64) {
        keyFrames += 1
        if let last = lastKey { widestKeyGap = max(widestKeyGap, shown.subtractingReportingOverflow(last).partialValue) }
        lastKey = max(lastKey ?? shown, shown)
    }

    /// Where the stream begins, in seconds of the file's own clock.
    var startSeconds: Double? { first.map { Double($0) * unit } }
    /// From the first picture or sample to the end of the last, by the packets' own times.
    var seconds: Double {
        guard let first, let end else { return 0 }
        // A last packet that says nothing of its length lasts as long as most do.
        return (Double(end) - Double(first)) * unit + commonStep * Double(untimed + (end == lastDecoding ? 1 : 0))
    }
    private var commonStep: Double { Double(steps.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0) * unit }

    /// The widest wait for a picture that decoding can start at, in seconds.
    var keyGapSeconds: Double {
        guard let lastKey, let end else { return 0 }
        return max(Double(widestKeyGap), Double(end) - Double(lastKey)) * unit
    }
    /// The longest time without a packet, in seconds; up to two stretches too little.
    var stillSeconds: Double {
        let taken = occupied.sorted() + (end.map { [(Double($0) * unit / Self.stretchSeconds).rounded(.down)] } ?? [])
        return zip(taken, taken.dropFirst()).reduce(0) { max($0, ($1.1 - $1.0 - 1) * Self.stretchSeconds) }
    }
    /// Measured bits a second; of no use beyond what a number of a report may be.
    var bitRate: Int { seconds > 0 ? Int(min(Double(bytes) * 8 / seconds, 1e15)) : 0 }
    /// Packets a second by their own times.
    var rate: Double { seconds > 0 ? Double(packets) / seconds : 0 }
    /// The rate that most steps have.
    var commonRate: Double { commonStep > 0 ? 1 / commonStep : 0 }

    /// More than one step in a hundred differs from the common one by more than rounding.
    var isVariable: Bool {
        let total = steps.values.reduce(0, +), common = commonStep
        guard total >= 8, common > 0 else { return false }
        let odd = steps.filter { abs(Double($0.key) * unit - common) > max(0.002, common / 10) }.values.reduce(0, +)
        return odd > 2 && odd * 100 > total
    }
}
