import LibAV
@testable import MediaPipeline
import Testing
import TestKit

/// Streams made in this process, and read back by the check that every stream must pass.
@Suite struct PackagerTests {
    let clip: TestClip
    init() throws {
        clip = try TestClip()
        LibAVLog.capture()
    }

    private func package(_ path: String, progress: @escaping (Int) -> Void = { _ in }) throws -> (PackageManifest, TestFolder) {
        let folder = try TestFolder()
        guard case .done = try Packager(stop: StopSignal(), progress: progress).run(try SourceFile.open(path), into: folder.path) else {
            throw TestProgram.Failure("refused")
        }
        return (try StreamCheck(path: folder.path).run().0, folder)
    }

    @Test("a clip with six channels becomes two sizes, one stereo group, I-frames and a poster, all equally long")
    func whole() throws {
        var percents: [Int] = []
        let path = try clip.make("whole.mp4", "\(TestClip.pictures(seconds: "7")) \(TestClip.tone(seconds: "6.7")) -ac 6 \(TestClip.h264)")
        let (manifest, folder) = try package(path) { percents.append($0) }
        #expect(manifest.durationMilliseconds == 7000 && manifest.frameRate == 25)
        #expect(manifest.renditions.map(\.name) == ["v180", "v108", "audio", "iframes"])
        #expect(manifest.renditions.map(\.segments) == [2, 2, 2, 2])
        #expect(manifest.renditions.map(\.kind) == [.video, .video, .audio, .iFrames])
        #expect(percents == percents.sorted() && percents.last == 100 && percents.first.map { $0 < 10 } == true)
        let master = String(decoding: try TestFolder.read(folder.path + "/master.m3u8"), as: UTF8.self)
        #expect(
            master.contains("CHANNELS=\"2\"") && master.contains("FRAME-RATE=25.000") && master.contains("RESOLUTION=320x180")
                && master.contains("mp4a.40.2"))
        #expect(try TestFolder.read(folder.path + "/poster.jpg").starts(with: [0xFF, 0xD8, 0xFF]))
        #expect(manifest.bytes == manifest.files.reduce(0) { $0 + $1.bytes })
        // The order of publication: no playlist before its segments, the master last.
        #expect(manifest.files.last?.name == "master.m3u8")
        let firstPlaylist = try #require(manifest.files.firstIndex { $0.type == .playlist })
        #expect(manifest.files[firstPlaylist...].allSatisfy { $0.type == .playlist })
    }

    @Test("the same file gives the same bytes")
    func deterministic() throws {
        let path = try clip.make("same.mp4", "\(TestClip.pictures("160x90", seconds: "3")) \(TestClip.tone(seconds: "3")) \(TestClip.h264)")
        let (first, _) = try package(path), (second, _) = try package(path)
        #expect(first == second)
    }

    @Test("pictures and sound begin together, however the file has them")
    func sync() throws {
        // A flash and a beep at 2 s; the pictures of the second file begin 0.7 s late, its sound does not.
        let flash = "-f lavfi -i color=black:s=160x90:r=25:d=4,drawbox=enable='between(t,1.999,2.1)':color=white:t=fill"
        let beep = "-f lavfi -i sine=1000:d=4,volume=enable='lt(t,2)+gt(t,2.1)':volume=0"
        let plain = try clip.make("sync.mp4", "\(flash) \(beep) \(TestClip.h264)")
        let late = try clip.make("late.mkv", "-i \(plain) -itsoffset 0.7 -i \(plain) -map 1:v -map 0:a -c copy")
        for (path, distance) in [(plain, 0.0), (late, 0.7)] {
            let (_, folder) = try package(path)
            defer { withExtendedLifetime(folder) {} }
            // Times of each track from its own first picture or sample: both are 0 in a stream, but libav moves pictures by their reordering.
            let light = try event("black_end:", in: folder.path + "/v90.m3u8", "-vf", "setpts=PTS-STARTPTS,blackdetect=d=0.3:pix_th=0.3")
            let sound = try event("silence_end:", in: folder.path + "/audio.m3u8", "-af", "asetpts=PTS-STARTPTS,silencedetect=n=-30dB:d=0.3")
            #expect(abs(light - sound - distance) <= 0.045, "light at \(light), sound at \(sound)")
            #expect(abs(sound - 2) <= 0.05)
        }
    }

    private func event(_ label: String, in playlist: String, _ kind: String, _ filter: String) throws -> Double {
        let run = try TestProgram.run("ffmpeg", ["-nostdin", "-i", playlist, kind, filter, "-f", "null", "-"], package: "ffmpeg")
        return try #require(number(after: label, in: run.errors))
    }

    private func number(after label: String, in text: String) -> Double? {
        guard let range = text.firstRange(of: label) else { return nil }
        return Double(text[range.upperBound...].drop { $0 == " " }.prefix { $0.isNumber || $0 == "." })
    }

    @Test("no sound, no audio group")
    func silent() throws {
        let (manifest, folder) = try package(try clip.make("silent.mp4", "\(TestClip.pictures("160x90", seconds: "3")) \(TestClip.h264)"))
        #expect(manifest.renditions.map(\.kind) == [.video, .video, .iFrames])
        #expect(!String(decoding: try TestFolder.read(folder.path + "/master.m3u8"), as: UTF8.self).contains("AUDIO"))
    }

    @Test(
        "sources of every shape become upright, square, progressive, steady pictures",
        arguments: [
            ("turned.mp4", "-c copy -metadata:s:v rotate=270", 90, 160, 25.0), ("wide.mp4", "-vf setsar=2 \(TestClip.h264)", 320, 90, 25),
            ("odd.mp4", "-vf format=yuv444p,crop=93:67:exact=1 -c:v libx264", 92, 66, 25),
            ("fast.mp4", "-r 120 \(TestClip.h264)", 160, 90, 60), ("slow.mp4", "-r 1 \(TestClip.h264)", 160, 90, 1),
            ("deep.mp4", "-pix_fmt yuv420p10le -c:v libx265 -x265-params log-level=none", 160, 90, 25),
            ("film.mp4", "-r 24000/1001 \(TestClip.h264)", 160, 90, 23.976),
            ("unsteady.mp4", "-vf select=if(lt(t\\,1)\\,1\\,not(mod(n\\,7))) -vsync vfr \(TestClip.h264)", 160, 90, 25),
            ("fields.mpg", "-r 50 -vf setfield=tff,tinterlace=4 -flags +ilme+ildct -c:v mpeg2video", 160, 90, 50),
        ])
    func shapes(name: String, options: String, width: Int, height: Int, rate: Double) throws {
        let base = try clip.make("base.mp4", "\(TestClip.pictures("160x90", seconds: "4")) \(TestClip.h264)")
        let path = try clip.make(name, "-i \(base) \(options)")
        let source = try Probe(limits: ProbeLimits(), stop: StopSignal()).run(try SourceFile.open(path)).report
        let (manifest, folder) = try package(path)
        defer { withExtendedLifetime(folder) {} }
        #expect((manifest.width, manifest.height, manifest.frameRate) == (width, height, rate))
        #expect(
            abs(manifest.durationMilliseconds - source.durationMilliseconds) <= 80,
            "\(manifest.durationMilliseconds), not \(source.durationMilliseconds)")
        let top = manifest.renditions[0].name
        let look = try TestProgram.run(
            "ffprobe",
            [
                "-v", "error", "-show_entries", "frame=width,height,pix_fmt,sample_aspect_ratio,interlaced_frame", "-of", "csv=p=0",
                folder.path + "/\(top).m3u8",
            ],
            package: "ffmpeg")
        #expect(look.text.hasPrefix("\(width),\(height),yuv420p,1:1,0"))
    }

    @Test("pictures that begin long after the sound are preceded by the first of them")
    func lead() throws {
        let base = try clip.make("base.mp4", "\(TestClip.pictures("160x90", seconds: "1")) \(TestClip.tone(seconds: "70")) \(TestClip.h264)")
        let path = try clip.make("lead.mkv", "-i \(base) -itsoffset 69 -i \(base) -map 1:v -map 0:a -c copy")
        let (manifest, _) = try package(path)
        #expect(abs(manifest.durationMilliseconds - 70_000) <= 100, "\(manifest.durationMilliseconds)")
        #expect(manifest.renditions.map(\.segments) == [12, 12, 12, 12])
    }

    @Test("sound that pauses comes back where it was")
    func pause() throws {
        let sound = "-f lavfi -i sine=1000:d=2,asetpts='if(gte(T\\,1)\\,PTS+40/TB\\,PTS)'"
        let path = try clip.make("pause.mkv", "\(TestClip.pictures("64x64", rate: "5", seconds: "60")) \(sound) -c:v libx264 -c:a pcm_s16le")
        let (manifest, folder) = try package(path)
        #expect(manifest.durationMilliseconds == 60_000)
        let ends = try event("silence_end:", in: folder.path + "/audio.m3u8", "-af", "asetpts=PTS-STARTPTS,silencedetect=n=-30dB:d=5")
        #expect(abs(ends - 41.02) < 0.05, "\(ends)")
    }

    /// The resampler would make a day of silence at once, in memory.
    @Test("sound that begins long after the pictures have ended is silence")
    func late() throws {
        let picture = try clip.make("short.mkv", "\(TestClip.pictures("64x64", seconds: "2")) \(TestClip.h264)")
        let tone = try clip.make("tone.mka", "\(TestClip.tone(seconds: "1")) -c:a pcm_s16le")
        let path = try clip.make("after.mkv", "-i \(picture) -itsoffset 100000 -i \(tone) -map 0:v -map 1:a -c copy")
        let (manifest, _) = try package(path)
        #expect(manifest.durationMilliseconds == 2000 && manifest.renditions.contains { $0.kind == .audio })
    }

    @Test("a size that changes on the way does not stop the stream")
    func change() throws {
        let first = try clip.make("first.ts", "\(TestClip.pictures("160x90", seconds: "2")) \(TestClip.h264)")
        let second = try clip.make("second.ts", "\(TestClip.pictures("320x180", seconds: "2")) \(TestClip.h264) -output_ts_offset 2")
        let path = try clip.folder.write(try TestFolder.read(first) + TestFolder.read(second), to: "change.ts")
        let (manifest, _) = try package(path)
        #expect((3900...4100).contains(manifest.durationMilliseconds))
        #expect(manifest.width == 160)
    }

    @Test("a file whose pictures are mostly damaged is refused, not shown")
    func damaged() throws {
        var bytes = try TestFolder.read(try clip.make("damaged.mp4", "\(TestClip.pictures()) \(TestClip.h264) -movflags +faststart"))
        let start = try #require((0..<(bytes.count - 4)).first { Array(bytes[$0..<($0 + 4)]) == Array("mdat".utf8) })
        for at in stride(from: start + 4000, to: bytes.count - 100, by: 150) { bytes[at] ^= UInt8(at % 254 + 1) }
        let folder = try TestFolder()
        let outcome = try Packager(stop: StopSignal(), progress: { _ in }).run(
            try SourceFile.open(try clip.folder.write(bytes, to: "damaged2.mp4")), into: folder.path)
        guard case .refused(let report) = outcome else { Issue.record("it was packaged"); return }
        #expect(report.refusals.map(\.reason) == [.corrupt])
    }

    @Test("a raised stop signal ends the work")
    func stop() throws {
        let path = try clip.make("stop.mp4", "\(TestClip.pictures(seconds: "8")) \(TestClip.h264)")
        let folder = try TestFolder(), signal = StopSignal()
        let error = #expect(throws: AVError.self) {
            _ = try Packager(stop: signal, progress: { if $0 > 20 { signal.raise() } }).run(try SourceFile.open(path), into: folder.path)
        }
        #expect(error.map { MediaFailure($0).kind } == .timedOut)
    }
}
