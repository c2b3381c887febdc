import LibAV

/// One rung being encoded and written: a key frame every two seconds, a segment every six, at the same times as all others.
final class RungOutput {
    let rung: Rung
    private let plan: FrameRatePlan
    private let encoder: Encoder
    private let writer: TrackWriter
    private let packet: Packet
    private var lastKey = 0

    init(_ rung: Rung, _ plan: FrameRatePlan, like frame: borrowing Frame, into folder: OutputFolder) throws {
        self.rung = rung
        self.plan = plan
        let settings = H264Settings(
            width: rung.width, height: rung.height, frameRate: plan.rate, keyInterval: plan.keyInterval, quality: rung.quality,
            maximumBitRate: rung.maximumBitRate, bufferBits: rung.maximumBitRate * 2)
        encoder = try Encoder.h264(settings, like: frame)
        packet = try Packet.make()
        writer = try TrackWriter(rung.name, encoder, language: nil, into: folder)
    }

    /// Frame `index` of the stream; every index once, in order.
    func add(_ frame: borrowing Frame, index: Int) throws {
        frame.prepareForEncoding(timestamp: Int64(index), key: index % plan.keyInterval == 0)
        try encoder.send(frame)
        try drain()
    }

    func finish() throws -> Rendition {
        try encoder.finish()
        try drain()
        return try writer.finish()
    }

    private func drain() throws {
        while try encoder.receive(into: packet) == .ready {
            if packet.isKey, let index = packet.presentation, index > 0 {
                // An open or wandering group would break every rule of the playlist: better no stream than that one.
                guard Int(index) == lastKey + plan.keyInterval else {
                    throw PipelineError.check("\(rung.name): a key frame at \(index), not at \(lastKey + plan.keyInterval)")
                }
                lastKey = Int(index)
                if lastKey % plan.segmentFrames == 0 { try writer.endSegment() } else { try writer.endFragment() }
            }
            try writer.add(packet, ticks: 1)
        }
    }
}
