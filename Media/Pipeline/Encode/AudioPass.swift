import LibAV

/// The sound, in a reading of its own, once it is known how long the pictures last and where their segments begin.
final class AudioPass {
    static let name = "audio"
    static let rate = 48_000
    private static let bitRate = 128_000
    /// Longer silence is made block by block: the resampler would make all of it at once, in memory.
    private static let longestGap = 10.0

    private let source: Source
    private let stream: StreamFacts
    private let boundaries: [Double]
    private let encoder: Encoder
    private let writer: TrackWriter
    private let frame: Frame
    private let packet: Packet
    private let startTicks: Int64
    /// Blocks of 1024 samples that fill the pictures' time.
    private let blocks: Int
    private let progress: (Double) -> Void

    private var graph: FilterGraph?
    private var shape: AudioShape?
    private var lastTimestamp: Int64?
    private var sent = 0
    private var written = 0
    private var segment = 1
    private(set) var damage = DamageCount()

    /// `boundaries` are the times in seconds at which a new segment begins, 0 included.
    init(
        _ source: Source, _ stream: StreamFacts, seconds: Double, boundaries: [Double], into folder: OutputFolder,
        progress: @escaping (Double) -> Void
    ) throws {
        self.source = source
        self.stream = stream
        self.boundaries = boundaries
        self.progress = progress
        encoder = try Encoder.aac(rate: Self.rate, channels: 2, bitRate: Self.bitRate)
        frame = try Frame.make()
        packet = try Packet.make()
        writer = try TrackWriter(Self.name, encoder, language: LanguageTag(stream.language) ?? .undetermined, into: folder)
        startTicks = try source.ticks(of: stream)
        blocks = max(1, Int((seconds * Double(Self.rate) / Double(encoder.frameSize)).rounded()))
    }

    /// Nil when not one sample could be decoded.
    func run(_ demuxer: borrowing Demuxer) throws -> Rendition? {
        demuxer.useOnly([stream.index])
        let decoder = try Decoder.make(for: demuxer, stream: stream.index, threads: 1)
        let packet = try Packet.make()
        let frame = try Frame.make()
        while sent < blocks, try demuxer.read(into: packet) {
            guard packet.stream == stream.index else { continue }
            damage.packets += 1
            do { try decoder.send(packet) } catch { try damage.count(error) }
            try decode(decoder, into: frame)
        }
        if sent < blocks {
            try decoder.finish()
            try decode(decoder, into: frame)
        }
        guard graph != nil else { return nil }
        return try finish()
    }

    private func decode(_ decoder: borrowing Decoder, into frame: borrowing Frame) throws {
        while true {
            do {
                guard try decoder.receive(into: frame) == .ready else { return }
            } catch {
                try damage.count(error)
                continue
            }
            guard frame.sampleCount > 0, (frame.audioShape.rate) > 0 else { continue }
            try filter(frame)
        }
    }

    private func filter(_ frame: borrowing Frame) throws {
        let shape = frame.audioShape
        let (timestamp, overflow) = frame.timestamp.map { $0.subtractingReportingOverflow(startTicks) } ?? (lastTimestamp ?? 0, false)
        let length = Rational.rescale(Int64(frame.sampleCount), from: Rational(1, Int32(shape.rate)), to: stream.timeBase)
        let (end, endOverflow) = timestamp.addingReportingOverflow(length)
        guard !overflow, !endOverflow else { return damage.frames += 1 }
        frame.setTimestamp(timestamp)
        if self.shape != shape {
            self.shape = shape
            graph = try makeGraph(shape)
        }
        let seconds = Double(timestamp) * stream.timeBase.value, heard = Double(lastTimestamp ?? 0) * stream.timeBase.value
        if seconds - heard > Self.longestGap { try fill(until: seconds, shape) }
        lastTimestamp = end
        guard sent < blocks else { return }
        try graph?.push(frame)
        try encode()
    }

    /// Ends what was heard and goes on in silence, up to the block that the next sound begins in.
    private func fill(until seconds: Double, _ shape: AudioShape) throws {
        let block = (seconds * Double(Self.rate) - Double(encoder.priming)) / Double(encoder.frameSize)
        try graph?.finish()
        try encode(until: Int(min(max(block, 0), Double(blocks))))
        graph = try makeGraph(shape)
    }

    /// Two channels at 48 kHz without gaps, from the sample on that the encoder will give back first (it puts some of its own before), then silence
    /// without end.
    private func makeGraph(_ shape: AudioShape) throws(AVError) -> FilterGraph {
        // The resampler counts the first sample at the rate of what it is given.
        let first = Rational.rescale(
            Int64(encoder.priming + sent * encoder.frameSize), from: Rational(1, Int32(Self.rate)), to: Rational(1, Int32(shape.rate)))
        let graph = try FilterGraph.audio(
            "[in]aresample=\(Self.rate):async=1:min_hard_comp=0.05:first_pts=\(first),"
                + "aformat=sample_fmts=fltp:channel_layouts=stereo:sample_rates=\(Self.rate),apad[out]", input: shape, timeBase: stream.timeBase,
            outputs: ["out"])
        graph.setFrameSize(0, samples: encoder.frameSize)
        return graph
    }

    /// `most` is where to stop, in blocks.
    private func encode(until most: Int = .max) throws {
        while sent < min(blocks, most), try graph?.pull(0, into: frame) ?? .finished == .ready {
            frame.prepareForEncoding(timestamp: Int64(sent * encoder.frameSize), key: false)
            try encoder.send(frame)
            sent += 1
            try drain()
        }
        progress(Double(sent) / Double(blocks))
    }

    private func finish() throws -> Rendition {
        try graph?.finish()
        try encode()
        try encoder.finish()
        try drain()
        return try writer.finish()
    }

    /// The encoder's own first samples become the stream's first, so its times are moved up by them.
    private func drain() throws {
        while try encoder.receive(into: packet) == .ready {
            guard written < blocks else { continue }
            packet.shift(by: Int64(encoder.priming))
            let start = Double(written * encoder.frameSize) / Double(Self.rate)
            if segment < boundaries.count, start >= boundaries[segment] - Double(encoder.frameSize) / Double(2 * Self.rate) {
                try writer.endSegment()
                segment += 1
            }
            try writer.add(packet, ticks: Int64(encoder.frameSize))
            written += 1
        }
    }
}
