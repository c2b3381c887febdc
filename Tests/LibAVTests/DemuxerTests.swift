import Glibc
import LibAV
import Testing
import TestKit

@Suite struct DemuxerTests {
    let folder: TestFolder
    let clip: String
    var limits: Demuxer.Limits {
        var limits = Demuxer.Limits()
        limits.codecs = ["h264", "aac"]
        return limits
    }

    init() throws {
        folder = try TestFolder()
        clip = try folder.write(try SyntheticClip.bytes(), to: "clip.mp4")
    }

    @Test("what was encoded and muxed comes back: size, rate, every packet, every picture")
    func roundTrip() throws {
        let file = try OpenedFile(clip)
        let demuxer = try Demuxer.open(descriptor: file.descriptor, as: "mov", limits: limits, stop: StopSignal())
        let stream = try #require(demuxer.streams.first)
        #expect(demuxer.streams.count == 1)
        #expect(stream.codec == "h264" && stream.canDecode && stream.kind == .video)
        let video = try #require(stream.video)
        #expect((video.width, video.height, video.rotation) == (160, 90, 0))
        #expect(video.averageFrameRate == Rational(25, 1))

        let decoder = try Decoder.make(for: demuxer, stream: 0, threads: 1)
        let packet = try Packet.make(), frame = try Frame.make()
        var (packets, keys, pictures) = (0, [Int](), 0)
        while try demuxer.read(into: packet) {
            if packet.isKey { keys.append(packets) }
            packets += 1
            try decoder.send(packet)
            while try decoder.receive(into: frame) == .ready { pictures += 1 }
        }
        try decoder.finish()
        while try decoder.receive(into: frame) == .ready { pictures += 1 }
        #expect((packets, pictures) == (30, 30))
        #expect(keys == [0, 10, 20])
    }

    @Test("a playlist of a file beside it opens nothing, even as a playlist")
    func nestedOpen() throws {
        let list = try folder.write(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n#EXTINF:1.2,\n\(clip)\n#EXT-X-ENDLIST\n".utf8, to: "list.m3u8")
        let file = try OpenedFile(list)
        #expect(throws: AVError.self) { _ = try Demuxer.open(descriptor: file.descriptor, as: "hls", limits: limits, stop: StopSignal()) }
        let concat = try folder.write("ffconcat version 1.0\nfile \(clip)\n".utf8, to: "list.ffconcat")
        let second = try OpenedFile(concat)
        #expect(throws: AVError.self) { _ = try Demuxer.open(descriptor: second.descriptor, as: "concat", limits: limits, stop: StopSignal()) }
    }

    @Test("bytes of another format are invalid data, not tried as something else")
    func otherFormat() throws {
        let file = try OpenedFile(clip)
        let error = #expect(throws: AVError.self) {
            _ = try Demuxer.open(descriptor: file.descriptor, as: "matroska", limits: limits, stop: StopSignal())
        }
        #expect(error?.kind == .invalidData || error?.kind == .endOfFile)
        #expect(error?.description.hasPrefix("open the container: ") == true)
        let none = #expect(throws: AVError.self) {
            _ = try Demuxer.open(descriptor: file.descriptor, as: "no such format", limits: limits, stop: StopSignal())
        }
        #expect(none?.kind == .notAvailable)
    }

    @Test("a codec that is not on the list is named but not decoded")
    func codecNotAllowed() throws {
        var limits = limits
        limits.codecs = ["vp9"]
        let file = try OpenedFile(clip)
        let demuxer = try Demuxer.open(descriptor: file.descriptor, as: "mov", limits: limits, stop: StopSignal())
        #expect(demuxer.streams[0].codec == "h264")
        #expect(!demuxer.streams[0].canDecode)
        #expect(throws: AVError.self) { _ = try Decoder.make(for: demuxer, stream: 0, threads: 1) }
    }

    @Test("a raised stop signal ends the reading")
    func stop() throws {
        let signal = StopSignal()
        let file = try OpenedFile(clip)
        let demuxer = try Demuxer.open(descriptor: file.descriptor, as: "mov", limits: limits, stop: signal)
        let packet = try Packet.make()
        #expect(try demuxer.read(into: packet))
        signal.raise()
        let error = #expect(throws: AVError.self) { _ = try demuxer.read(into: packet) }
        #expect(error?.kind == .interrupted)
        let opening = #expect(throws: AVError.self) { _ = try Demuxer.open(descriptor: file.descriptor, as: "mov", limits: limits, stop: signal) }
        #expect(opening?.kind == .interrupted)
    }

    @Test("a file cut in the middle ends with fewer packets")
    func cut() throws {
        let bytes = try TestFolder.read(clip)
        let file = try OpenedFile(try folder.write(bytes.prefix(bytes.count * 6 / 10), to: "cut.mp4"))
        let demuxer = try Demuxer.open(descriptor: file.descriptor, as: "mov", limits: limits, stop: StopSignal())
        let packet = try Packet.make()
        var packets = 0
        while (try? demuxer.read(into: packet)) == true { packets += 1 }
        #expect(packets < 30)
    }
}
