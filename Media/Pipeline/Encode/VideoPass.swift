import LibAV

/// All pictures once through: one decoder, one filter graph, every rung, the I-frame rendition and the poster.
final class VideoPass {
    struct Result {
        let renditions: [(rung: Rung, rendition: Rendition)]
        let iFrames: (rung: Rung, rendition: Rendition)
        let poster: PackageManifest.Poster
        let frames: Int
    }

    private let source: Source
    private let plan: FrameRatePlan
    private let rungs: [Rung]
    private let folder: OutputFolder
    private let progress: (Double) -> Void
    private let poster: PosterChoice
    private let mostFrames: Int
    private let startTicks: Int64
    private let endTicks: Int64
    private let picture: Frame

    private var outputs: [RungOutput] = []
    private var iFrames: IFrameOutput?
    private var graph: FilterGraph?
    private var shape: VideoShape?
    /// Frames each rung was given.
    private var counts: [Int]
    private(set) var damage = DamageCount()
    private var lastTimestamp: Int64?
    private var lastDuration: Int64 = 0

    /// `progress` gets what part is done, 0…1.
    init(_ source: Source, _ plan: FrameRatePlan, _ rungs: [Rung], into folder: OutputFolder, progress: @escaping (Double) -> Void) throws {
        self.source = source
        self.plan = plan
        self.rungs = rungs
        self.folder = folder
        self.progress = progress
        let frames = source.streamSeconds * plan.rate.value
        poster = try PosterChoice(expectedFrames: Int(frames))
        // Timestamps that jump would make the constant rate repeat a picture for hours.
        let most = source.streamSeconds + 60
        mostFrames = Int(most * plan.rate.value)
        (startTicks, endTicks) = (try source.ticks(of: source.video), try source.ticks(of: source.video, after: most))
        counts = rungs.map { _ in 0 }
        picture = try Frame.make()
    }

    func run(_ demuxer: borrowing Demuxer) throws -> Result {
        demuxer.useOnly([source.video.index])
        let decoder = try Decoder.make(for: demuxer, stream: source.video.index, threads: 2)
        let packet = try Packet.make()
        let frame = try Frame.make()
        while try demuxer.read(into: packet) {
            guard packet.stream == source.video.index else { continue }
            damage.packets += 1
            do { try decoder.send(packet) } catch { try damage.count(error) }
            try decode(decoder, into: frame)
        }
        try decoder.finish()
        try decode(decoder, into: frame)
        try endGraph()
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
            if frame.isDamaged { damage.frames += 1 }
            try filter(frame)
        }
    }

    private func filter(_ frame: borrowing Frame) throws {
        let usual = Rational.rescale(1, from: plan.rate.inverse, to: source.video.timeBase)
        var timestamp = try frame.timestamp.map { try sinceStart($0) } ?? lastTimestamp.map { $0 + max(1, usual) } ?? 0
        if let last = lastTimestamp, timestamp <= last { timestamp = last + 1 }
        lastTimestamp = timestamp
        lastDuration = frame.duration > 0 && frame.duration < usual * 600 ? frame.duration : usual
        frame.setTimestamp(timestamp)
        if shape != frame.videoShape {
            try endGraph()
            shape = frame.videoShape
            graph = try VideoGraph(source: source, plan: plan, rungs: rungs).make(for: frame.videoShape, firstFrame: counts[0])
        }
        try graph?.push(frame)
        try encode()
    }

    /// Decoders tell times that no packet had.
    private func sinceStart(_ timestamp: Int64) throws(AVError) -> Int64 {
        let (ticks, overflow) = timestamp.subtractingReportingOverflow(startTicks)
        guard !overflow, timestamp <= endTicks else { throw AVError.invalidTimestamps }
        return ticks
    }

    private func endGraph() throws {
        guard graph != nil else { return }
        try graph?.finish(at: lastTimestamp.map { $0 + lastDuration })
        try encode()
        graph = nil
    }

    /// Takes what the graph has ready, output by output.
    private func encode() throws {
        for output in rungs.indices {
            while try graph?.pull(output, into: picture) ?? .finished == .ready {
                try add(picture, to: output)
            }
        }
        progress(Double(counts[0]) / max(1, source.streamSeconds * plan.rate.value))
    }

    private func add(_ picture: borrowing Frame, to output: Int) throws {
        let index = counts[output]
        guard index < mostFrames else { throw AVError.invalidTimestamps }
        if output == outputs.count { outputs.append(try RungOutput(rungs[output], plan, like: picture, into: folder)) }
        if output == 0 { try poster.offer(picture, index: index) }
        if output == rungs.count - 1 {
            if iFrames == nil { iFrames = try IFrameOutput(rungs[output], plan, like: picture, into: folder) }
            try iFrames?.offer(picture, index: index)
        }
        try outputs[output].add(picture, index: index)
        counts[output] += 1
    }

    private func finish() throws -> Result {
        guard let iFrames, outputs.count == rungs.count, Set(counts).count == 1 else { throw AVError.noPictures }
        var renditions: [(rung: Rung, rendition: Rendition)] = []
        for output in outputs { renditions.append((output.rung, try output.finish())) }
        return Result(
            renditions: renditions, iFrames: (rungs[rungs.count - 1], try iFrames.finish(frames: counts[0])), poster: try poster.write(into: folder),
            frames: counts[0])
    }
}

/// Packets and frames that a decoder could not make whole.
struct DamageCount {
    var packets = 0
    var errors = 0
    var frames = 0

    /// Bad bytes are counted and passed over; anything else ends the work, and so does a decoder that never comes to an end of them.
    mutating func count(_ error: AVError) throws {
        guard error.kind == .invalidData, errors < 1000 + 2 * packets else { throw error }
        errors += 1
    }

    /// More than one in a hundred, and more than a single accident.
    var isTooMuch: Bool { max(errors, frames) > max(2, packets / 100) }
}
