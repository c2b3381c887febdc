import Glibc
import JSON
import OpenSSL

/// Reads a finished stream back from its folder, as players will, and says what is wrong with it. Nothing that fails here is shown to anyone.
///
/// Runs in the parent, which believes nothing the confined process says. Blocking: for a worker's thread.
struct StreamCheck {
    let path: String

    /// The manifest and its bytes, once all of it holds; throws `PipelineError.check` with the first thing that does not.
    func run() throws -> (PackageManifest, bytes: [UInt8]) {
        let bytes = try Self.read(path + "/" + PackageManifest.fileName, limit: 64 << 20)
        let manifest = try readManifest(bytes)
        let names = Set(manifest.files.map(\.name))
        guard names.count == manifest.files.count, try folderContents() == names.union([PackageManifest.fileName]) else {
            throw PipelineError.check("the folder does not hold the files of its manifest, and only those")
        }
        for file in manifest.files where ![.segment, .initialization].contains(file.type) { _ = try read(file) }
        let byName = Dictionary(uniqueKeysWithValues: manifest.files.map { ($0.name, $0) })
        var tracks: [CheckedTrack] = []
        for rendition in manifest.renditions { tracks.append(try check(rendition, byName)) }
        try compare(manifest, tracks)
        try checkMaster(manifest, byName)
        let used = tracks.reduce(into: Set<String>()) { $0.formUnion($1.files) }
        for file in manifest.files where [.segment, .initialization].contains(file.type) && !used.contains(file.name) {
            throw PipelineError.check("\(file.name) is in no playlist")
        }
        guard let poster = byName[manifest.poster.file], poster.type == .picture, poster.bytes > 0 else { throw PipelineError.check("no poster") }
        return (manifest, bytes)
    }

    private func readManifest(_ bytes: [UInt8]) throws -> PackageManifest {
        do {
            var fields = JSONFields(try JSONValue.parse(bytes, limits: JSONLimits(depth: 8, values: 10_000_000)))
            let manifest = PackageManifest(from: &fields)
            try fields.finish()
            return manifest
        } catch {
            throw PipelineError.check("\(PackageManifest.fileName): \(error)")
        }
    }

    private func folderContents() throws -> Set<String> {
        guard let folder = opendir(path) else { throw PipelineError.file("list the stream", errno) }
        defer { closedir(folder) }
        var names: Set<String> = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.insert(name) }
        }
        return names
    }

    private func check(_ rendition: PackageManifest.Rendition, _ files: [String: PackageManifest.File]) throws -> CheckedTrack {
        guard let file = files[rendition.playlist], let playlist = MediaPlaylist(String(decoding: try read(file), as: UTF8.self)) else {
            throw PipelineError.check("\(rendition.playlist) is no playlist")
        }
        guard playlist.isVOD, playlist.isEnded, playlist.isIndependent, playlist.isIFramesOnly == (rendition.kind == .iFrames),
            !playlist.entries.isEmpty,
            playlist.entries.allSatisfy({ Int($0.seconds.rounded()) <= playlist.target && $0.seconds > 0 })
        else {
            throw PipelineError.check("\(rendition.playlist) breaks a rule of playlists")
        }
        guard let name = playlist.initialization, let file = files[name] else {
            throw PipelineError.check("\(rendition.playlist): no initialization")
        }
        let initialization = try read(file)
        guard let times = FragmentTimes(initialization: initialization), CodecString.read(initialization) == rendition.codec else {
            throw PipelineError.check("\(name) is not the initialization of one \(rendition.codec) track")
        }
        var track = CheckedTrack(rendition, playlist, times, name)
        for (name, entries) in playlist.runs {
            guard let file = files[name] else { throw PipelineError.check("\(rendition.playlist): \(name) is not there") }
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

    private func read(_ file: PackageManifest.File) throws -> [UInt8] {
        let bytes = try Self.read(path + "/" + file.name, limit: 256 << 20)
        guard bytes.count == file.bytes, Hex.encode(SHA256.digest(bytes)) == file.sha256 else {
            throw PipelineError.check("\(file.name) is not what was written")
        }
        return bytes
    }

    /// A regular file, not a link, of at most `limit` bytes.
    private static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw PipelineError.file("open a file of the stream", errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            throw PipelineError.check("a file of the stream is no file, or too large")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled) }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { throw PipelineError.file("read a file of the stream", got == 0 ? EIO : errno) }
            filled += got
        }
        return bytes
    }
}
