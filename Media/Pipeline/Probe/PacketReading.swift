import LibAV

/// All packets of a file, counted by stream, and the first picture decoded on the way.
struct PacketReading {
    /// One for each stream, in their order.
    var scans: [PacketScan]
    /// A picture came out of the decoder.
    var hasPicture = false
    /// The decoder could not be opened, or took packet after packet and gave nothing.
    var decoderFailed = false
    /// Reading ended with an error instead of the end of the file.
    var endedEarly = false

    /// Packets that a decoder may take before its first picture.
    private static let patience = 400

    static func all(of demuxer: borrowing Demuxer, _ streams: [StreamFacts], video: StreamFacts, stop: StopSignal) throws -> PacketReading {
        var reading = PacketReading(scans: streams.map { PacketScan(timeBase: $0.timeBase) })
        let packet = try Packet.make()
        var trial = video.canDecode ? FirstPicture(demuxer, video.index) : nil
        reading.decoderFailed = trial == nil
        while try reading.readNext(demuxer, packet) {
            guard packet.stream < reading.scans.count else { continue }
            reading.scans[packet.stream].add(packet)
            guard packet.stream == video.index, trial != nil else { continue }
            reading.hasPicture = trial?.offer(packet) ?? false
            if reading.hasPicture || reading.scans[video.index].packets > patience { trial = nil }
        }
        if !reading.hasPicture { reading.hasPicture = trial?.finish() ?? false }
        if !reading.hasPicture { reading.decoderFailed = true }
        return reading
    }

    private mutating func readNext(_ demuxer: borrowing Demuxer, _ packet: borrowing Packet) throws -> Bool {
        do {
            return try demuxer.read(into: packet)
        } catch {
            switch error.kind {
            case .outOfMemory, .interrupted: throw error
            default: endedEarly = true; return false
            }
        }
    }
}

/// A decoder that is only asked whether it can.
private final class FirstPicture {
    private let decoder: Decoder
    private let frame: Frame

    init?(_ demuxer: borrowing Demuxer, _ stream: Int) {
        do {
            decoder = try Decoder.make(for: demuxer, stream: stream, threads: 1)
            frame = try Frame.make()
        } catch {
            return nil
        }
    }

    /// True when a picture came out. A packet that is refused is no verdict: the next may do.
    func offer(_ packet: borrowing Packet) -> Bool {
        do { try decoder.send(packet); return try decoder.receive(into: frame) == .ready } catch { return false }
    }
    func finish() -> Bool {
        do { try decoder.finish(); return try decoder.receive(into: frame) == .ready } catch { return false }
    }
}
