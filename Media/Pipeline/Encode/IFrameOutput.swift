import LibAV

/// One picture a second for players that skim: key frames only, each a fragment of its own.
final class IFrameOutput {
    static let name = "iframes"
    private let plan: FrameRatePlan
    private let encoder: Encoder
    private let writer: TrackWriter
    private let packet: Packet
    /// The last picture, until it is known how long it stays.
    private let held: Packet
    private var heldIndex: Int?
    private var second = 0

    init(_ rung: Rung, _ plan: FrameRatePlan, like frame: borrowing Frame, into folder: OutputFolder) throws {
        self.plan = plan
        var settings = H264Settings(
            width: rung.width, height: rung.height, frameRate: plan.rate, keyInterval: 250, quality: 26,
            maximumBitRate: rung.maximumBitRate, bufferBits: rung.maximumBitRate * 2)
        settings.threads = 1
        // Every picture is asked to be a key frame; a key interval of 1 would make x264 name a profile that players do not know.
        settings.isIntraOnly = true
        encoder = try Encoder.h264(settings, like: frame)
        packet = try Packet.make()
        held = try Packet.make()
        writer = try TrackWriter(Self.name, encoder, language: nil, into: folder)
    }

    /// Takes the first frame of each second.
    func offer(_ frame: borrowing Frame, index: Int) throws {
        guard plan.seconds(index) >= Double(second) else { return }
        while plan.seconds(index) >= Double(second) { second += 1 }
        let picture = try frame.share()
        picture.prepareForEncoding(timestamp: Int64(index), key: true)
        try encoder.send(picture)
        try drain()
    }

    /// `frames` is how many the whole stream has.
    func finish(frames: Int) throws -> Rendition {
        try encoder.finish()
        try drain()
        try release(until: frames)
        return try writer.finish()
    }

    private func drain() throws {
        while try encoder.receive(into: packet) == .ready {
            guard let index = packet.presentation.map(Int.init) else { continue }
            try release(until: index)
            held.take(from: packet)
            heldIndex = index
        }
    }

    private func release(until next: Int) throws {
        guard let index = heldIndex else { return }
        heldIndex = nil
        try writer.add(held, ticks: Int64(next - index))
        try writer.endFragment()
        if next / plan.segmentFrames > index / plan.segmentFrames { try writer.endSegment() }
    }
}
