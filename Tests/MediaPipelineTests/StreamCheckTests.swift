import Glibc
import JSON
import LibAV
@testable import MediaPipeline
import Testing
import TestKit

/// A finished stream, spoiled in one way each: none may pass.
@Suite struct StreamCheckTests {
    /// Made once: twelve files of seven seconds.
    private static let stream = Result {
        let clip = try TestClip(), folder = try TestFolder()
        let path = try clip.make("check.mp4", "\(TestClip.pictures("160x90", seconds: "7")) \(TestClip.tone(seconds: "7")) \(TestClip.h264)")
        _ = try Packager(stop: StopSignal(), progress: { _ in }).run(try SourceFile.open(path), into: folder.path)
        return folder
    }

    /// A copy of it.
    private func copy() throws -> TestFolder {
        let original = try Self.stream.get(), folder = try TestFolder()
        for name in original.names() { try folder.write(try TestFolder.read(original.path + "/" + name), to: name) }
        return folder
    }

    /// Changes a file and its entry in the manifest, so that only what it says is wrong.
    private func rewrite(_ name: String, in folder: TestFolder, _ change: (inout [UInt8]) throws -> Void) throws {
        var bytes = try TestFolder.read(folder.path + "/" + name)
        try change(&bytes)
        try folder.write(bytes, to: name)
        let old = try manifest(folder)
        let files = old.files.map {
            $0.name == name ? PackageManifest.File(name: name, bytes: bytes.count, sha256: digest(bytes), type: $0.type) : $0
        }
        let changed = PackageManifest(
            master: old.master, durationMilliseconds: old.durationMilliseconds, width: old.width, height: old.height, frameRate: old.frameRate,
            renditions: old.renditions, poster: old.poster, files: files, recipe: old.recipe)
        try folder.write(changed.jsonBuffer.array, to: "manifest.json")
    }

    private func manifest(_ folder: TestFolder) throws -> PackageManifest {
        var fields = JSONFields(try JSONValue.parse(try TestFolder.read(folder.path + "/manifest.json")))
        let manifest = PackageManifest(from: &fields)
        try fields.finish()
        return manifest
    }

    private func digest(_ bytes: [UInt8]) -> String { PackageManifest.File.make("x", bytes, .segment).sha256 }

    private func replace(_ text: String, by other: String, in bytes: inout [UInt8]) throws {
        let changed = String(decoding: bytes, as: UTF8.self)
        try #require(changed.contains(text))
        bytes = Array(changed.split(separator: text, omittingEmptySubsequences: false).joined(separator: other).utf8)
    }

    private func find(_ box: String, in bytes: [UInt8]) throws -> Int {
        try #require((0..<(bytes.count - 4)).first { Array(bytes[$0..<($0 + 4)]) == Array(box.utf8) })
    }

    private func expectFailure(_ folder: TestFolder, _ about: Comment) {
        let error = #expect(throws: PipelineError.self, about) { _ = try StreamCheck(path: folder.path).run() }
        if let error { #expect(MediaFailure(error).kind == .check || MediaFailure(error).kind == .file, about) }
    }

    @Test("as it was made it passes, and so does a copy")
    func good() throws {
        let folder = try copy()
        defer { withExtendedLifetime(folder) {} }
        #expect(try StreamCheck(path: folder.path).run().0.durationMilliseconds == 7000)
    }

    @Test("a missing, an extra, a changed and a shortened file are found")
    func files() throws {
        for name in ["v90_00001.m4s", "audio_init.mp4", "poster.jpg", "iframes.m3u8", "master.m3u8", "manifest.json"] {
            let folder = try copy()
            try #require(remove(folder, name))
            expectFailure(folder, "\(name) is missing")
        }
        let extra = try copy()
        try extra.write([1], to: "extra.m4s")
        expectFailure(extra, "an extra file")
        let changed = try copy()
        var bytes = try TestFolder.read(changed.path + "/v90_00002.m4s")
        bytes[bytes.count - 1] ^= 1
        try changed.write(bytes, to: "v90_00002.m4s")
        expectFailure(changed, "a changed byte")
        try changed.write(bytes.dropLast(), to: "v90_00002.m4s")
        expectFailure(changed, "a byte less")
    }

    private func remove(_ folder: TestFolder, _ name: String) -> Bool { unlink(folder.path + "/" + name) == 0 }

    @Test(
        "playlists that say what is not so are found",
        arguments: [
            ("v90.m3u8", "#EXT-X-ENDLIST\n", ""), ("v90.m3u8", "#EXT-X-TARGETDURATION:6", "#EXT-X-TARGETDURATION:5"),
            ("v90.m3u8", "#EXTINF:6.000000", "#EXTINF:5.900000"), ("v90.m3u8", "#EXTINF:6.000000", "#EXTINF:inf"),
            ("iframes.m3u8", "@0\n", "@9223372036854775807\n"),
            ("v90.m3u8", "v90_00002.m4s", "v90_00001.m4s"), ("v90.m3u8", "#EXT-X-PLAYLIST-TYPE:VOD\n", ""),
            ("v90.m3u8", "v90_init.mp4", "audio_init.mp4"), ("audio.m3u8", "#EXT-X-MAP", "#EXT-X-NOTHING"),
            ("iframes.m3u8", "@0\n", "@1\n"), ("iframes.m3u8", "#EXT-X-I-FRAMES-ONLY\n", ""), ("master.m3u8", "v54.m3u8", "v90.m3u8"),
            ("master.m3u8", "avc1", "hvc1"), ("v54.m3u8", "v54_", "v90_"),
        ])
    func playlists(name: String, text: String, other: String) throws {
        let folder = try copy()
        try rewrite(name, in: folder) { try replace(text, by: other, in: &$0) }
        expectFailure(folder, "\(name): \(text) → \(other)")
    }

    @Test("segments with a wrong time, a lost key frame or broken boxes are found")
    func segments() throws {
        let time = try copy()
        try rewrite("v90_00002.m4s", in: time) { $0[try find("tfdt", in: $0) + 15] ^= 1 }
        expectFailure(time, "another time")
        let key = try copy()
        try rewrite("v90_00001.m4s", in: key) { bytes in
            // Flags of the first sample: not a sync sample any more.
            let run = try find("trun", in: bytes)
            let flags = bytes[run + 7]
            try #require(flags & 4 != 0)
            bytes[run + 12 + (flags & 1 != 0 ? 4 : 0) + 1] |= 1
        }
        expectFailure(key, "no key frame")
        let box = try copy()
        try rewrite("audio_00001.m4s", in: box) { $0[try find("mdat", in: $0)] = UInt8(ascii: "x") }
        expectFailure(box, "no mdat")
        let brand = try copy()
        try rewrite("v54_init.mp4", in: brand) { $0[try find("cmfc", in: $0)] = UInt8(ascii: "x") }
        expectFailure(brand, "no cmfc")
    }

    @Test("a run of more samples than bytes is refused before they are counted")
    func samples() throws {
        let times = try #require(FragmentTimes(initialization: try TestFolder.read(try Self.stream.get().path + "/v90_init.mp4")))
        let few = Fragments.bytes(samples: 4, each: 1)
        #expect(times.read(few)?.map(\.duration) == [4])
        #expect(times.read(Fragments.bytes(samples: 17, each: 1)) == nil)
        let started = ContinuousClock.now
        #expect(times.read(Fragments.bytes(samples: .max, each: .max)) == nil)
        #expect(ContinuousClock.now - started < .seconds(20))
        #expect(times.read(Array(repeating: few, count: 3000).joined().map { $0 }) == nil, "thousands of boxes side by side")
    }

    @Test("a check that is told to stop ends at the next file")
    func stop() throws {
        let folder = try copy(), signal = StopSignal()
        signal.raise()
        #expect(throws: CancellationError.self) { _ = try StreamCheck(path: folder.path, stop: signal).run() }
    }

    @Test("renditions share no files, and nothing is read as what it is not")
    func shared() throws {
        let folder = try copy()
        let old = try manifest(folder)
        let twice = PackageManifest(
            master: old.master, durationMilliseconds: old.durationMilliseconds, width: old.width, height: old.height, frameRate: old.frameRate,
            renditions: [old.renditions[0]] + old.renditions, poster: old.poster, files: old.files, recipe: old.recipe)
        try folder.write(twice.jsonBuffer.array, to: "manifest.json")
        #expect(throws: PipelineError.check("v90.m3u8 uses files of another")) { _ = try StreamCheck(path: folder.path).run() }
        let type = try copy()
        var bytes = try TestFolder.read(type.path + "/manifest.json")
        try replace("application/vnd.apple.mpegurl", by: "video/iso.segment", in: &bytes)
        try type.write(bytes, to: "manifest.json")
        #expect(throws: PipelineError.check("v90.m3u8 is no playlist")) { _ = try StreamCheck(path: type.path).run() }
    }

    @Test("a manifest with a path for a name is not followed")
    func names() throws {
        let folder = try copy()
        var bytes = try TestFolder.read(folder.path + "/manifest.json")
        try replace("\"poster.jpg\"", by: "\"../../etc/passwd\"", in: &bytes)
        try folder.write(bytes, to: "manifest.json")
        expectFailure(folder, "a path")
    }

    @Test("the first bytes, the middle and the end of a segment may be anything: the check says no and goes on living")
    func noise() throws {
        let original = try TestFolder.read(try Self.stream.get().path + "/v90_00001.m4s")
        let times = try #require(FragmentTimes(initialization: try TestFolder.read(try Self.stream.get().path + "/v90_init.mp4")))
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var bytes = original
            for _ in 0..<8 { bytes[Int.random(in: 0..<400, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            _ = times.read(bytes)
            _ = times.read(Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random))))
        }
        #expect(times.read(original)?.count == 3)
    }
}

/// A `moof` and an `mdat` of which only the numbers matter: no sample has a field of its own.
private enum Fragments {
    static func bytes(samples: UInt32, each ticks: UInt32, start: UInt64 = 0, data: Int = 16) -> [UInt8] {
        let header = box("tfhd", word(8) + word(1) + word(ticks))
        let time = box("tfdt", [1, 0, 0, 0] + word(UInt32(start >> 32)) + word(UInt32(truncatingIfNeeded: start)))
        let run = box("trun", word(0) + word(samples))
        return box("moof", box("traf", header + time + run)) + box("mdat", [UInt8](repeating: 0, count: data))
    }

    private static func word(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
    private static func box(_ kind: String, _ body: [UInt8]) -> [UInt8] { word(UInt32(body.count + 8)) + Array(kind.utf8) + body }
}
