import JSON
import LibAV

/// Reads a finished stream back from its folder, as players will, and says what is wrong with it. Nothing that fails here is shown to anyone.
///
/// Runs in the parent, which believes nothing the confined process says. Blocking: for a worker's thread.
struct StreamCheck {
    let path: String
    /// Ends it with `CancellationError`, between two files.
    var stop = StopSignal()

    /// More than twelve hours in all sizes take; a folder may claim more than a disk has, of files with holes.
    private static let mostBytes = 256 << 30

    /// The manifest and its bytes, once all of it holds; throws `PipelineError.check` with the first thing that does not.
    func run() throws -> (PackageManifest, bytes: [UInt8]) {
        let bytes = try Self.read(path + "/" + PackageManifest.fileName, limit: 32 << 20)
        let manifest = try readManifest(bytes)
        let names = Set(manifest.files.map(\.name))
        guard names.count == manifest.files.count, manifest.bytes <= Self.mostBytes, try holds(names.union([PackageManifest.fileName])) else {
            throw PipelineError.check("the folder does not hold the files of its manifest, and only those")
        }
        for file in manifest.files where ![.segment, .initialization].contains(file.type) { _ = try read(file) }
        let byName = Dictionary(uniqueKeysWithValues: manifest.files.map { ($0.name, $0) })
        var tracks: [CheckedTrack] = []
        var used: Set<String> = []
        for rendition in manifest.renditions {
            let track = try check(rendition, byName)
            // Each file is read for one rendition, so that no number of them makes more work than there are bytes.
            guard used.isDisjoint(with: track.files) else { throw PipelineError.check("\(rendition.playlist) uses files of another") }
            used.formUnion(track.files)
            tracks.append(track)
        }
        try compare(manifest, tracks)
        try checkMaster(manifest, byName)
        for file in manifest.files where [.segment, .initialization].contains(file.type) && !used.contains(file.name) {
            throw PipelineError.check("\(file.name) is in no playlist")
        }
        guard let poster = byName[manifest.poster.file], poster.type == .picture, poster.bytes > 0 else { throw PipelineError.check("no poster") }
        return (manifest, bytes)
    }

    private func readManifest(_ bytes: [UInt8]) throws -> PackageManifest {
        do {
            var fields = JSONFields(try JSONValue.parse(bytes, limits: JSONLimits(depth: 8, values: 2_000_000)))
            let manifest = PackageManifest(from: &fields)
            try fields.finish()
            return manifest
        } catch {
            // It names every field that is wrong, of as many as were written.
            throw PipelineError.check(String("\(PackageManifest.fileName): \(error)".prefix(1000)))
        }
    }

    private func check(_ rendition: PackageManifest.Rendition, _ files: [String: PackageManifest.File]) throws -> CheckedTrack {
        guard let file = files[rendition.playlist], file.type == .playlist,
            let playlist = MediaPlaylist(String(decoding: try read(file), as: UTF8.self))
        else {
            throw PipelineError.check("\(rendition.playlist) is no playlist")
        }
        guard playlist.isVOD, playlist.isEnded, playlist.isIndependent, playlist.isIFramesOnly == (rendition.kind == .iFrames),
            !playlist.entries.isEmpty,
            playlist.entries.allSatisfy({ Int($0.seconds.rounded()) <= playlist.target && $0.seconds > 0 })
        else {
            throw PipelineError.check("\(rendition.playlist) breaks a rule of playlists")
        }
        guard let name = playlist.initialization, let file = files[name], file.type == .initialization else {
            throw PipelineError.check("\(rendition.playlist): no initialization")
        }
        let initialization = try read(file)
        guard let times = FragmentTimes(initialization: initialization), CodecString.read(initialization) == rendition.codec else {
            throw PipelineError.check("\(name) is not the initialization of one \(rendition.codec) track")
        }
        var track = CheckedTrack(rendition, playlist, times, name)
        for (name, entries) in playlist.runs {
            guard let file = files[name], file.type == .segment else { throw PipelineError.check("\(rendition.playlist): \(name) is not there") }
            try track.add(try read(file), name, entries)
        }
        return track
    }

    /// Same length everywhere, and the same boundaries in all sizes.
    private func compare(_ manifest: PackageManifest, _ tracks: [CheckedTrack]) throws {
        let lengths = tracks.map(\.seconds)
        guard let least = lengths.min(), let most = lengths.max(), most - least <= 0.05,
            abs(most * 1000 - Double(manifest.durationMilliseconds)) <= 50
        else {
            throw PipelineError.check("the tracks do not last equally long")
        }
        let video = tracks.filter { $0.rendition.kind == .video }
        guard video.count >= 2, let first = video.first, video.allSatisfy({ $0.isAligned(with: first) }) else {
            throw PipelineError.check("the renditions do not switch at the same times")
        }
        guard manifest.renditions.contains(where: { $0.kind == .iFrames }) else { throw PipelineError.check("no I-frame rendition") }
    }

    private func checkMaster(_ manifest: PackageManifest, _ files: [String: PackageManifest.File]) throws {
        guard let file = files[manifest.master], file.type == .playlist else { throw PipelineError.check("no master playlist") }
        let text = String(decoding: try read(file), as: UTF8.self)
        let lines = text.split(separator: "\n")
        for rendition in manifest.renditions {
            let isNamed = rendition.kind == .video ? lines.contains(Substring(rendition.playlist)) : text.contains("URI=\"\(rendition.playlist)\"")
            guard isNamed, text.contains(rendition.codec) else {
                throw PipelineError.check("\(manifest.master) does not offer \(rendition.playlist)")
            }
        }
        let offered = lines.filter { !$0.hasPrefix("#") }
        guard lines.first == "#EXTM3U", offered.count == manifest.renditions.filter({ $0.kind == .video }).count else {
            throw PipelineError.check("\(manifest.master) offers what is not there")
        }
    }
}
