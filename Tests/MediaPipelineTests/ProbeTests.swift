import LibAV
@testable import MediaPipeline
import Testing
import TestKit

/// Files as instructors and attackers upload them.
@Suite struct ProbeTests {
    let clip: TestClip

    init() throws { clip = try TestClip() }

    private func probe(_ path: String, limits: ProbeLimits = ProbeLimits()) throws -> ProbeReport {
        LibAVLog.capture()
        return try Probe(limits: limits, stop: StopSignal()).run(try SourceFile.open(path)).report
    }
    private func reasons(_ path: String, limits: ProbeLimits = ProbeLimits()) throws -> [Refusal.Reason] {
        try probe(path, limits: limits).refusals.map(\.reason)
    }
    private func base() throws -> [UInt8] {
        try TestFolder.read(
            try clip.make(
                "base\(UInt64.random(in: 0...UInt64.max)).mp4", "\(TestClip.pictures()) \(TestClip.tone()) \(TestClip.h264) -movflags +faststart"))
    }

    @Test("a good file is accepted with what it is")
    func good() throws {
        let report = try probe(
            try clip.make("good.mp4", "\(TestClip.pictures()) \(TestClip.tone()) -map 0:v -map 1:a -ac 2 -metadata:s:a language=ger \(TestClip.h264)")
        )
        #expect(report.isAccepted && report.container == .mp4 && report.streams == 2 && report.durationMilliseconds == 4000)
        let video = try #require(report.video)
        #expect((video.width, video.height, video.codec, video.packets, video.rotation) == (320, 180, "h264", 100, 0))
        #expect(video.frameRate == 25 && !video.hasVariableFrameRate && video.keyFrameGapMilliseconds == 2000)
        #expect(report.audio.count == 1 && report.audio[0].isChosen && report.audio[0].channels == 2 && report.audio[0].language == "de")
    }

    @Test(
        "what is no video is refused for what it is",
        arguments: [
            ("", Refusal.Reason.empty), ("hello, this is a text", .notMedia), ("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>", .notMedia),
            ("#EXTM3U\n#EXTINF:4,\n/etc/passwd\n#EXT-X-ENDLIST\n", .formatNotAllowed), ("ffconcat version 1.0\nfile other.mp4\n", .formatNotAllowed),
            ("\u{1}\u{2}\u{3}noise\u{4}", .notMedia), ("\0\0\0\u{18}ftypmp42\0\0\0\0mp42isom", .truncated),
        ])
    func notVideo(text: String, reason: Refusal.Reason) throws {
        let folder = try TestFolder()
        let report = try probe(try folder.write(text.utf8, to: "upload.mp4"))
        #expect(report.refusals.map(\.reason) == [reason])
        #expect(report.refusals.allSatisfy { $0.sentence.hasSuffix(".") && $0.sentence.count > 30 && !$0.sentence.contains("upload.mp4") })
    }

    @Test("pictures renamed to .mp4 are refused")
    func pictures() throws {
        for (name, options) in [
            ("p.png", "-frames:v 1 -f image2 -c:v png"), ("g.gif", "-f gif"), ("j.jpg", "-frames:v 1 -f image2 -c:v mjpeg -pix_fmt yuvj420p"),
        ] {
            #expect(try reasons(try clip.make("\(name).mp4", "\(TestClip.pictures(seconds: "0.2")) \(options)")) == [.notMedia], "\(name)")
        }
    }

    @Test("a file that was cut off is refused wherever it was cut, in any container")
    func cut() throws {
        let folder = try TestFolder(), base = try base()
        for part in [0.02, 0.3, 0.6, 0.95] {
            let path = try folder.write(base.prefix(Int(Double(base.count) * part)), to: "cut\(part).mp4")
            #expect(try reasons(path) == [.truncated], "cut at \(part)")
        }
        for (name, codecs) in [("a.webm", "-c:v libvpx -deadline realtime -cpu-used 8"), ("a.avi", "-c:v mpeg4"), ("a.mkv", TestClip.h264)] {
            let bytes = try TestFolder.read(try clip.make(name, "\(TestClip.pictures()) \(codecs)"))
            #expect(try reasons(try folder.write(bytes.prefix(bytes.count * 6 / 10), to: name)) == [.truncated], "\(name)")
        }
    }

    @Test("an index that promises more than the file holds is a cut-off file")
    func index() throws {
        // The box of the pictures is made to end where the file does, so that only the index tells.
        let folder = try TestFolder(), base = try base()
        let kept = base.count * 6 / 10
        let name = try #require((0..<(base.count - 4)).first { Array(base[$0..<($0 + 4)]) == Array("mdat".utf8) })
        var bytes = Array(base.prefix(kept))
        for (offset, byte) in withUnsafeBytes(of: UInt32(kept - name + 4).bigEndian, Array.init).enumerated() { bytes[name - 4 + offset] = byte }
        let path = try folder.write(bytes, to: "index.mp4")
        #expect(try Completeness.isCutOff(try SourceFile.open(path), as: .mp4) == false)
        let found = try reasons(path)
        #expect(found.contains(.truncated), "\(found)")
    }

    @Test("sound alone, and sound with a cover, are no video lecture")
    func noVideo() throws {
        #expect(try reasons(try clip.make("a.m4a", "\(TestClip.tone()) -c:a aac")) == [.noVideo])
        #expect(try reasons(try clip.make("a.mp3", "\(TestClip.tone()) -c:a libmp3lame")) == [.noVideo])
        let cover = try clip.make("cover.jpg", "\(TestClip.pictures(seconds: "0.04")) -frames:v 1 -pix_fmt yuvj420p -f image2")
        #expect(
            try reasons(try clip.make("cover.m4a", "\(TestClip.tone()) -i \(cover) -map 0:a -map 1:v -c:a aac -c:v copy -disposition:v attached_pic"))
                == [.noVideo])
    }

    @Test("limits of size, length, tracks and pixels have reasons of their own")
    func limits() throws {
        let file = try clip.make("limits.mp4", "\(TestClip.pictures()) \(TestClip.tone()) \(TestClip.h264)")
        var limits = ProbeLimits()
        limits.bytes = 1000
        #expect(try reasons(file, limits: limits) == [.tooLarge])
        limits = ProbeLimits()
        limits.seconds = 3
        #expect(try reasons(file, limits: limits) == [.tooLong])
        limits = ProbeLimits()
        limits.pixels = 320 * 180 - 1
        #expect(try reasons(file, limits: limits) == [.resolutionTooHigh])
        #expect(try reasons(try clip.make("tiny.mp4", "\(TestClip.pictures("14x14", seconds: "1")) \(TestClip.h264)")) == [.resolutionTooLow])
        let maps = String(repeating: "-map 1:a ", count: 40)
        #expect(
            try reasons(
                try clip.make("tracks.mp4", "\(TestClip.pictures(seconds: "0.5")) \(TestClip.tone(seconds: "0.5")) -map 0:v \(maps) \(TestClip.h264)")
            ) == [.tooManyStreams])
    }

    /// A few pictures, each at the time (in seconds) that stands for it.
    private func still(_ name: String, at times: [Double], _ more: String = "") throws -> String {
        let choice = times.dropFirst().enumerated().reduce("\(times[0])") { text, time in "if(eq(N\\,\(time.offset + 1))\\,\(time.element)\\,\(text))" }
        return try clip.make(
            name, "-f lavfi -i testsrc2=s=64x64:r=60:d=\(Double(times.count) / 60) -vf setpts=(\(choice))/TB -vsync passthrough \(TestClip.h264) \(more)")
    }

    @Test("a few pictures spread over hours are refused: they would make as much work as hours of video")
    func stillness() throws {
        for name in ["still.mp4", "still.mkv"] {
            #expect(try reasons(try still(name, at: [0, 1.0 / 60, 11.9 * 3600])) == [.corrupt], "\(name)")
            #expect(try reasons(try still("taken\(name)", at: [0, 1.0 / 60, 580])) == [], "\(name)")
        }
        #expect(try reasons(try still("long.mkv", at: [0, 1.0 / 60, 13 * 3600])) == [.tooLong])
        // Decoding times that stand close together say nothing of the pictures.
        let close = try still("close.mp4", at: [0, 1.0 / 60, 11.9 * 3600], "-bf 0 -bsf:v setts=dts=N")
        #expect(try reasons(close) == [.corrupt])
    }

    @Test("pictures that begin long after the sound count from the sound on")
    func lead() throws {
        let tone = try clip.make("tone.mka", "\(TestClip.tone(seconds: "1")) -c:a pcm_s16le")
        let picture = try clip.make("picture.mkv", "\(TestClip.pictures("64x64", seconds: "1")) \(TestClip.h264)")
        let join = { (seconds: Int) in
            try clip.make("lead\(seconds).mkv", "-i \(tone) -itsoffset \(seconds) -i \(picture) -map 1:v -map 0:a -c copy")
        }
        let taken = try probe(try join(300))
        #expect(taken.isAccepted && abs(taken.leadMilliseconds - 300_000) < 100 && taken.durationMilliseconds == 1000)
        #expect(try reasons(try join(700)) == [.corrupt])
        #expect(try reasons(try join(12 * 3600)) == [.tooLong])
    }

    @Test("a codec that is not taken is named")
    func codec() throws {
        let report = try probe(try clip.make("cinepak.avi", "\(TestClip.pictures("64x64", seconds: "0.2")) -c:v cinepak"))
        #expect(report.refusals.map(\.reason) == [.unsupportedCodec])
        #expect(report.refusals.first?.sentence.contains("cinepak") == true)
        let sound = try probe(
            try clip.make("yamaha.mkv", "\(TestClip.pictures("64x64", seconds: "1")) \(TestClip.tone(seconds: "1")) -c:v mpeg4 -c:a adpcm_yamaha"))
        #expect(sound.refusals.map(\.reason) == [.unsupportedCodec])
        #expect(sound.refusals.first?.sentence.hasPrefix("The sound is coded as adpcm_yamaha") == true)
    }

    @Test("a header that lies about the length is not believed")
    func lies() throws {
        let folder = try TestFolder()
        var bytes = try base()
        for box in ["mvhd", "tkhd", "mdhd"] {
            let at = try #require((0..<(bytes.count - 4)).first { Array(bytes[$0..<($0 + 4)]) == Array(box.utf8) })
            let field = at + 4 + (box == "tkhd" ? 20 : 16)
            for offset in 0..<4 { bytes[field + offset] = 0xF0 }
        }
        let report = try probe(try folder.write(bytes, to: "lies.mp4"))
        #expect(report.durationMilliseconds == 4000)
        #expect((report.declaredDurationMilliseconds ?? 0) > 1_000_000)
    }

    @Test("turned, stretched, interlaced and unsteady pictures are seen as what they are")
    func shapes() throws {
        let base = try clip.make("shapes.mp4", "\(TestClip.pictures()) \(TestClip.h264)")
        let turned = try #require(try probe(try clip.make("turned.mp4", "-i \(base) -c copy -metadata:s:v rotate=270")).video)
        #expect((turned.width, turned.height, turned.rotation) == (180, 320, 90))
        let wide = try #require(try probe(try clip.make("wide.mp4", "\(TestClip.pictures()) -vf setsar=64/45 \(TestClip.h264)")).video)
        #expect((wide.width, wide.height, wide.sampleAspect) == (455, 180, "64:45"))
        // No player stretches so far, and the parent takes no such number.
        var bytes = try TestFolder.read(try clip.make("line.mp4", "\(TestClip.pictures("1280x720", seconds: "0.2")) -vf setsar=2 \(TestClip.h264)"))
        let aspect = try #require((0..<(bytes.count - 12)).first { Array(bytes[$0..<($0 + 4)]) == Array("pasp".utf8) })
        bytes.replaceSubrange((aspect + 4)..<(aspect + 8), with: [0, 0, 3, 232])
        let line = try probe(try clip.folder.write(bytes, to: "line.mp4"))
        #expect(line.isAccepted && line.video.map { ($0.width, $0.height, $0.sampleAspect) == (12_800, 720, "1000:1") } == true)
        #expect(ConfinedMessage.read(Array(ConfinedMessage.report(line).line.dropLast())) == .report(line))
        let fields = try #require(
            try probe(
                try clip.make("fields.mpg", "\(TestClip.pictures(rate: "50")) -vf setfield=tff,tinterlace=4 -flags +ilme+ildct -c:v mpeg2video")
            ).video)
        #expect(fields.isInterlaced)
        let unsteady = try #require(
            try probe(
                try clip.make(
                    "unsteady.mp4",
                    "\(TestClip.pictures(rate: "30", seconds: "6")) -vf select=if(lt(t\\,2)\\,1\\,not(mod(n\\,7))) -vsync vfr \(TestClip.h264)")
            ).video)
        #expect(unsteady.hasVariableFrameRate)
    }

    @Test(
        "the containers that are taken are taken",
        arguments: [
            ("t.mkv", TestClip.h264), ("t.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus"),
            ("t.mov", "-c:v prores -c:a pcm_s16le"), ("t.ts", TestClip.h264),
            ("t.mpg", "-c:v mpeg2video -c:a mp2"), ("t.avi", "-c:v mpeg4 -c:a ac3"), ("t.flv", "-c:v flv1 -c:a libmp3lame -ar 44100"),
            ("t.wmv", "-c:v wmv2 -c:a wmav2"),
        ])
    func containers(name: String, codecs: String) throws {
        let report = try probe(try clip.make(name, "\(TestClip.pictures("160x90", seconds: "1")) \(TestClip.tone(seconds: "1")) \(codecs)"))
        #expect(report.refusals == [])
        #expect(report.video?.width == 160 && report.audio.count == 1)
        #expect((960...1100).contains(report.durationMilliseconds))
    }
}
