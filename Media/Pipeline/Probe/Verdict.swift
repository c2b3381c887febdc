import LibAV

/// The rules that a file which could be opened must keep. Pure: everything it judges by is handed in.
struct Verdict {
    let limits: ProbeLimits
    let container: Container
    let declaredSeconds: Double?
    let video: StreamFacts
    let picture: StreamFacts.Video
    /// All that can be heard, and whether some of it can be used.
    let sound: [StreamFacts]
    let hasUsableSound: Bool
    /// Samples of each stream's index, after all packets were read.
    let indexed: [Int]
    let reading: PacketReading
    /// How much later than the sound the pictures begin.
    let leadSeconds: Double

    private var scan: PacketScan { reading.scans[video.index] }

    var refusals: [Refusal] { [codec, size, completeness, decoding, duration ?? stillness, soundCodec].compactMap { $0 } }

    private var codec: Refusal? {
        guard !video.canDecode else { return nil }
        let name = video.codec == "none" ? "something unknown" : video.codec
        return Refusal(
            .unsupportedCodec,
            "The pictures are coded as \(name), which is not supported. Export the video as H.264 in MP4."
        )
    }

    /// A lecture that was recorded with sound is not shown without.
    private var soundCodec: Refusal? {
        guard !hasUsableSound, let first = sound.first(where: { reading.scans[$0.index].packets > 0 }) else { return nil }
        let name = first.codec == "none" ? "something unknown" : first.codec
        return Refusal(.unsupportedCodec, "The sound is coded as \(name), which is not supported. Export the video with AAC sound in MP4.")
    }

    private var size: Refusal? {
        let (width, height) = (picture.width, picture.height)
        if width * height > limits.pixels {
            let sentence = "The pictures have \(width)×\(height) pixels; at most 7680×4320 are taken. Export the video smaller."
            return Refusal(.resolutionTooHigh, sentence)
        }
        if width > 0 && height > 0 && min(width, height) < limits.shortestSide {
            return Refusal(.resolutionTooLow, "The pictures have \(width)×\(height) pixels; at least \(limits.shortestSide) each way are needed.")
        }
        return nil
    }

    /// What was read against what the index or the header promised.
    private var completeness: Refusal? {
        let isShort: Bool
        if container == .mp4 {
            isShort = zip(reading.scans, indexed).contains { scan, indexed in indexed > 0 && scan.packets < indexed }
        } else {
            // A stream may begin later than the others.
            let longest = reading.scans.map { max(0, $0.startSeconds ?? 0) + $0.seconds }.max() ?? 0
            isShort = [.matroska, .flv, .asf, .avi].contains(container) && (declaredSeconds ?? 0) > longest * 1.05 + 5
        }
        return isShort || (scan.packets == 0 && codec == nil) ? Refusal(.truncated, Probe.truncated) : nil
    }

    private var decoding: Refusal? {
        guard video.canDecode, scan.packets > 0, size == nil else { return nil }
        let isDamaged = reading.decoderFailed || reading.endedEarly || scan.corrupt * 100 > scan.packets || scan.backwards * 100 > scan.packets
        return isDamaged || picture.width <= 0 || picture.height <= 0 ? Refusal(.corrupt, Probe.corrupt) : nil
    }

    private var duration: Refusal? {
        guard leadSeconds + scan.seconds > limits.seconds else { return nil }
        return Refusal(
            .tooLong, "The video is longer than \(Int(limits.seconds / 3600)) hours, the most that is taken. Split it into several lectures.")
    }

    /// The first picture stands for the time before it, too.
    private var stillness: Refusal? {
        guard max(scan.stillSeconds, leadSeconds) > limits.stillSeconds else { return nil }
        return Refusal(
            .corrupt, "For more than \(Int(limits.stillSeconds / 60)) minutes the video has no new picture. Export it again with a steady frame rate.")
    }
}
