import JSON
import LibAV

/// From a file to a folder that holds a finished stream: probe, plan, pictures, sound, playlists, manifest. Blocking; for the confined process.
struct Packager {
    enum Outcome {
        case refused(ProbeReport)
        case done(PackageManifest)
    }

    var limits = ProbeLimits()
    let stop: StopSignal
    /// Per cent, rising.
    let progress: (Int) -> Void

    /// `path` is an empty folder.
    func run(_ file: borrowing SourceFile, into path: String) throws -> Outcome {
        let finding = try Probe(limits: limits, stop: stop).run(file)
        guard let source = finding.source else { return .refused(finding.report) }
        progress(2)
        let plan = FrameRatePlan(source), size = source.picture.uprightSize
        let ladder = Ladder(width: size.width, height: size.height, frameRate: plan.rate.value, sourceBitRate: source.bitRate)
        let folder = OutputFolder(path: path)
        do {
            guard let (video, audio) = try encode(file, source, plan, ladder, folder) else {
                return .refused(refusing(finding.report, Probe.corrupt))
            }
            let manifest = try publish(source, plan, video, audio, folder)
            progress(100)
            return .done(manifest)
        } catch let error as AVError where error.kind == .invalidData {
            return .refused(refusing(finding.report, Probe.corrupt))
        }
    }

    private func refusing(_ report: ProbeReport, _ sentence: String) -> ProbeReport {
        var report = report
        report.refusals = [Refusal(.corrupt, sentence)]
        return report
    }

    /// Nil when too much of it could not be decoded.
    private func encode(
        _ file: borrowing SourceFile, _ source: Source, _ plan: FrameRatePlan, _ ladder: Ladder,
        _ folder: OutputFolder
    ) throws -> (video: VideoPass.Result, audio: Rendition?)? {
        let share = source.audio == nil ? 95.0 : 88.0
        let pass = try VideoPass(source, plan, ladder.rungs, into: folder) { [progress] part in progress(2 + Int(min(1, part) * share)) }
        let video = try pass.run(try open(file, source))
        guard !pass.damage.isTooMuch else { return nil }
        guard let stream = source.audio else { return (video, nil) }
        let boundaries = stride(from: 0, to: video.frames, by: plan.segmentFrames).map { plan.seconds($0) }
        let sound = try AudioPass(source, stream, seconds: plan.seconds(video.frames), boundaries: boundaries, into: folder) { [progress] part in
            progress(90 + Int(min(1, part) * 7))
        }
        let audio = try sound.run(try open(file, source))
        guard audio != nil, !sound.damage.isTooMuch else { return nil }
        return (video, audio)
    }

    private func open(_ file: borrowing SourceFile, _ source: Source) throws -> Demuxer {
        return try Demuxer.open(descriptor: file.descriptor, as: source.container.demuxer, limits: Probe.demuxerLimits(limits), stop: stop)
    }

    private func publish(_ source: Source, _ plan: FrameRatePlan, _ video: VideoPass.Result, _ audio: Rendition?, _ folder: OutputFolder) throws
        -> PackageManifest
    {
        let language = LanguageTag(source.audio?.language) ?? .undetermined
        let playlists = Playlists(video: video.renditions, audio: audio.map { ($0, language) }, iFrames: video.iFrames, frameRate: plan.rate)
        for (_, rendition) in video.renditions { try folder.write(rendition.playlist, Array(playlists.media(rendition).utf8), type: .playlist) }
        if let audio { try folder.write(audio.playlist, Array(playlists.media(audio).utf8), type: .playlist) }
        try folder.write(video.iFrames.rendition.playlist, Array(playlists.iFrameMedia().utf8), type: .playlist)
        try folder.write("master.m3u8", Array(playlists.master().utf8), type: .playlist)
        let manifest = PackageManifest(playlists, plan, video.poster, folder.files, seconds: plan.seconds(video.frames))
        try OutputFolder.write(manifest.jsonBuffer.array, to: folder.path + "/" + PackageManifest.fileName)
        return manifest
    }
}

extension PackageManifest {
    init(_ playlists: Playlists, _ plan: FrameRatePlan, _ poster: Poster, _ files: [File], seconds: Double) {
        let top = playlists.video[0].rung
        var renditions = playlists.video.map { Rendition(.video, $0.rendition, $0.rung, Bandwidth($0.rendition, target: playlists.target)) }
        if let audio = playlists.audio {
            renditions.append(Rendition(.audio, audio.rendition, nil, Bandwidth(audio.rendition, target: playlists.target)))
        }
        let iFrames = playlists.iFrames
        renditions.append(Rendition(.iFrames, iFrames.rendition, iFrames.rung, Bandwidth(fragmentsOf: iFrames.rendition, target: playlists.target)))
        self.init(
            master: "master.m3u8", durationMilliseconds: milliseconds(seconds), width: top.width, height: top.height,
            frameRate: plan.rate.value.rounded(toPlaces: 3), renditions: renditions, poster: poster, files: files,
            recipe: "ladder 1; x264 veryfast, 2 threads; aac 128k; \(LibAVBuild.versions)")
    }
}

extension PackageManifest.Rendition {
    fileprivate init(_ kind: Kind, _ rendition: Rendition, _ rung: Rung?, _ rates: Bandwidth) {
        self.init(
            kind: kind, name: rendition.name, playlist: rendition.playlist, width: rung?.width ?? 0, height: rung?.height ?? 0,
            codec: rendition.codec,
            bandwidth: Playlists.whole(rates.peak), averageBandwidth: Playlists.whole(rates.average), segments: rendition.segments.count,
            bytes: rendition.bytes)
    }
}
