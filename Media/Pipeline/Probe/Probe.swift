import LibAV

/// Reads a whole file and says what it is: by its first bytes, by its own lengths, by what libav makes of its header, by every packet.
struct Probe {
    let limits: ProbeLimits
    let stop: StopSignal

    struct Finding {
        var report: ProbeReport
        /// Nil when refused.
        var source: Source?
    }

    /// Throws for what is not the file's fault.
    func run(_ file: borrowing SourceFile) throws -> Finding {
        let size = Int(file.size)
        guard size > 0 else { return refused(size, nil, .empty, "The file is empty. The upload may have failed at the start: upload it again.") }
        guard file.size <= limits.bytes else {
            return refused(
                size, nil, .tooLarge,
                "The file is larger than \(limits.bytes >> 30) GiB, the most that is taken. Export it with a lower bit rate or split it.")
        }
        let container: Container
        switch Signature(try file.read(Signature.length, at: 0)) {
        case .video(let found): container = found
        case .audio(let kind): return refused(size, nil, .noVideo, "The file is sound alone (\(kind)). A video lecture needs pictures.")
        case .playlist(let kind):
            return refused(size, nil, .formatNotAllowed, "The file is \(kind), which only names other files. Upload the video itself.")
        case .other(let kind): return refused(size, nil, .notMedia, "The file is \(kind), not a video, whatever its name ends in.")
        case .unknown:
            return refused(
                size, nil, .notMedia, "The file is no video of a kind that is known here. Upload MP4, MOV, MKV, WebM, AVI, MPEG, FLV or WMV.")
        }
        if try Completeness.isCutOff(file, as: container) { return refused(size, container, .truncated, Self.truncated) }
        return try open(file, container)
    }

    static let truncated = "The end of the file is missing. The upload or the recording was cut off: upload the whole file again."
    static let corrupt = "The file is damaged and cannot be read as a video. Export or record it again."

    private func refused(_ size: Int, _ container: Container?, _ reason: Refusal.Reason, _ sentence: String) -> Finding {
        Finding(report: ProbeReport(bytes: size, container: container, refusals: [Refusal(reason, sentence)]))
    }

    static func demuxerLimits(_ limits: ProbeLimits) -> Demuxer.Limits {
        var demuxer = Demuxer.Limits()
        demuxer.streams = limits.streams
        demuxer.pixels = limits.pixels
        demuxer.codecs = ProbeLimits.videoCodecs.union(ProbeLimits.audioCodecs)
        return demuxer
    }

    private func open(_ file: borrowing SourceFile, _ container: Container) throws -> Finding {
        _ = LibAVLog.take()
        let demuxer: Demuxer
        do {
            demuxer = try Demuxer.open(descriptor: file.descriptor, as: container.demuxer, limits: Self.demuxerLimits(limits), stop: stop)
        } catch {
            if LibAVLog.take().contains(where: { $0.contains("max_streams") }) || error.operation == "too many streams" {
                return refused(
                    Int(file.size), container, .tooManyStreams,
                    "The file has more than \(limits.streams) tracks. Export it with one video track and the sound that is needed.")
            }
            switch error.kind {
            case .outOfMemory, .interrupted, .notAvailable: throw error
            case .endOfFile: return refused(Int(file.size), container, .truncated, Self.truncated)
            case .invalidData, .other: return refused(Int(file.size), container, .corrupt, Self.corrupt)
            }
        }
        return try examine(demuxer, Int(file.size), container)
    }

    private func examine(_ demuxer: borrowing Demuxer, _ size: Int, _ container: Container) throws -> Finding {
        let streams = demuxer.streams
        var report = ProbeReport(bytes: size, container: container)
        report.streams = streams.count
        report.declaredDurationMilliseconds = demuxer.declaredSeconds.map(milliseconds)
        guard let video = Self.chosenVideo(streams), let picture = video.video else {
            let noVideo = Refusal(.noVideo, "The file has sound but no pictures. A video lecture needs pictures.")
            report.refusals = [streams.isEmpty ? Refusal(.corrupt, Self.corrupt) : noVideo]
            return Finding(report: report)
        }
        let reading = try PacketReading.all(of: demuxer, streams, video: video, stop: stop)
        let audio = Self.chosenAudio(streams, reading)
        report.video = ProbeReport.Video(video, picture, reading.scans[video.index])
        report.audio = streams.compactMap { ProbeReport.Audio($0, reading.scans[$0.index], isChosen: $0.index == audio?.index) }
        report.durationMilliseconds = milliseconds(reading.scans[video.index].seconds)
        let starts = [reading.scans[video.index].startSeconds, audio.flatMap { reading.scans[$0.index].startSeconds }].compactMap { $0 }
        let start = starts.min() ?? 0, lead = (starts.first ?? start) - start
        report.leadMilliseconds = milliseconds(lead)
        let verdict = Verdict(
            limits: limits, container: container, declaredSeconds: demuxer.declaredSeconds, video: video, picture: picture,
            sound: streams.filter { $0.kind == .audio }, hasUsableSound: audio != nil, indexed: demuxer.streams.map(\.indexedSamples),
            reading: reading, leadSeconds: lead)
        report.refusals = verdict.refusals
        guard report.isAccepted else { return Finding(report: report) }
        let scan = reading.scans[video.index]
        let source = Source(
            container: container, video: video, picture: picture, seconds: scan.seconds, leadSeconds: lead, packets: scan.packets,
            bitRate: scan.bitRate, isVariable: scan.isVariable, meanRate: scan.rate, commonRate: scan.commonRate, audio: audio, startSeconds: start)
        return Finding(report: report, source: source)
    }

    /// The default one, else the largest; a picture that comes with sound is none.
    static func chosenVideo(_ streams: [StreamFacts]) -> StreamFacts? {
        streams.filter { $0.kind == .video && !$0.isAttachedPicture }.max { left, right in rank(left) < rank(right) }
    }
    private static func rank(_ stream: StreamFacts) -> (Int, Int, Int) {
        (stream.isDefault ? 1 : 0, (stream.video?.width ?? 0) * (stream.video?.height ?? 0), -stream.index)
    }

    /// The default one, else the first, of those that have anything to hear.
    private static func chosenAudio(_ streams: [StreamFacts], _ reading: PacketReading) -> StreamFacts? {
        let usable = streams.filter {
            $0.kind == .audio && $0.canDecode && reading.scans[$0.index].packets > 0 && ($0.audio?.rate ?? 0) > 0 && ($0.audio?.channels ?? 0) > 0
        }
        return usable.first(where: \.isDefault) ?? usable.first
    }
}
