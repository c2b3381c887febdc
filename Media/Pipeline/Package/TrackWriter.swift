import LibAV

/// Packets of one encoder into fragments, fragments into segment files, cut where the caller says.
final class TrackWriter {
    let name: String
    private let folder: OutputFolder
    private let muxer: FragmentMuxer
    private let unit: Rational
    private var segments: [Rendition.Segment] = []
    private var fragments: [Rendition.Fragment] = []
    private var bytes: [UInt8] = []
    private var fragmentTicks: Int64 = 0

    init(_ name: String, _ encoder: borrowing Encoder, language: LanguageTag?, into folder: OutputFolder) throws {
        self.name = name
        self.folder = folder
        unit = encoder.timeBase
        muxer = try FragmentMuxer.make(for: encoder, language: language?.threeLetters)
        try folder.write(Rendition.initialization(name), muxer.initialization, type: .initialization)
    }

    /// Adds a packet that lasts `ticks` of the encoder's time base.
    func add(_ packet: borrowing Packet, ticks: Int64) throws {
        packet.setDuration(ticks)
        fragmentTicks += ticks
        try muxer.write(packet)
    }

    func endFragment() throws {
        guard fragmentTicks > 0 else { return }
        let piece: [UInt8]
        piece = try muxer.flush()
        fragments.append(Rendition.Fragment(offset: bytes.count, bytes: piece.count, ticks: fragmentTicks))
        bytes += piece
        fragmentTicks = 0
    }

    func endSegment() throws {
        try endFragment()
        guard !fragments.isEmpty else { return }
        let number = String(segments.count + 1)
        let file = "\(name)_\(String(repeating: "0", count: max(0, 5 - number.count)))\(number).m4s"
        try folder.write(file, bytes, type: .segment)
        segments.append(Rendition.Segment(file: file, fragments: fragments))
        fragments = []
        bytes = []
    }

    /// Ends the last segment.
    func finish() throws -> Rendition {
        try endSegment()
        guard let codec = CodecString.read(muxer.initialization) else { throw PipelineError.check("\(name): no codec in its initialization") }
        return Rendition(name: name, unit: unit, codec: codec, segments: segments)
    }
}
