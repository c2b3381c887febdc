import LibAV
import Testing

@Suite struct EncoderTests {
    @Test("the same pictures give the same bytes")
    func deterministic() throws {
        #expect(try SyntheticClip.bytes() == SyntheticClip.bytes())
    }

    @Test("a track begins with ftyp and moov, brand cmfc, without an edit list, and goes on in fragments")
    func boxes() throws {
        let bytes = try SyntheticClip.bytes()
        var kinds: [String] = []
        var at = 0
        while at + 8 <= bytes.count {
            kinds.append(String(decoding: bytes[(at + 4)..<(at + 8)], as: UTF8.self))
            at += bytes[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        #expect(at == bytes.count)
        #expect(kinds == ["ftyp", "moov", "moof", "mdat", "moof", "mdat", "moof", "mdat"])
        let text = String(decoding: bytes.map { $0 < 128 ? $0 : 46 }, as: UTF8.self)
        #expect(text.contains("cmfc"))
        #expect(!text.contains("elst"))
    }

    @Test("a picture becomes a JPEG of the size asked for")
    func jpeg() throws {
        let graph = try FilterGraph.generator("testsrc2=s=64x36:r=1:d=2,scale=out_range=pc,format=yuvj420p[out]", outputs: ["out"])
        let frame = try Frame.make(), packet = try Packet.make()
        _ = try graph.pull(0, into: frame)
        #expect(frame.detail > 10)
        let encoder = try Encoder.jpeg(width: 64, height: 36, scale: 3)
        frame.prepareForEncoding(timestamp: 0, key: true)
        try encoder.send(frame)
        try encoder.finish()
        #expect(try encoder.receive(into: packet) == .ready)
        #expect(packet.bytes.starts(with: [0xFF, 0xD8]) && packet.bytes.suffix(2) == [0xFF, 0xD9])
        #expect(try encoder.receive(into: packet) == .finished)
    }

    @Test("one graph feeds several sizes, and says when it needs more and when it has ended")
    func graph() throws {
        let source = try FilterGraph.generator("testsrc2=s=64x36:r=10:d=1,format=yuv420p[out]", outputs: ["out"])
        let frame = try Frame.make(), scaled = try Frame.make()
        #expect(try source.pull(0, into: frame) == .ready)
        let graph = try FilterGraph.video(
            "[in]split=2[a][b];[a]scale=32:18[small];[b]scale=48:28[middle]", input: frame.videoShape, timeBase: Rational(1, 10),
            outputs: ["small", "middle"])
        #expect(try graph.pull(0, into: scaled) == .needsInput)
        try graph.push(frame)
        #expect(try graph.pull(0, into: scaled) == .ready)
        #expect((scaled.videoShape.width, scaled.videoShape.height) == (32, 18))
        #expect(try graph.pull(1, into: scaled) == .ready)
        #expect((scaled.videoShape.width, scaled.videoShape.height) == (48, 28))
        try graph.finish()
        #expect(try graph.pull(0, into: scaled) == .finished)
        let unknown = #expect(throws: AVError.self) { _ = try FilterGraph.generator("nosuchfilter[out]", outputs: ["out"]) }
        #expect(unknown != nil)
    }

    @Test("fractions are turned into each other without loss or overflow")
    func rationals() {
        #expect(Rational.rescale(3003, from: Rational(1, 90_000), to: Rational(1001, 30_000)) == 1)
        #expect(Rational.rescale(90_000 * 86_400 * 365, from: Rational(1, 90_000), to: Rational(1, 1000)) == 1000 * 86_400 * 365)
        #expect(abs(Rational.nearest(to: 30_000.0 / 1001, limit: 100_000).value - 30_000.0 / 1001) < 1e-9)
        #expect(Rational(0, 0).isPositive == false && Rational(1, 0).value == 0)
        #expect(Rational(24_000, 1001).inverse == Rational(1001, 24_000))
    }

    @Test("AAC frames have 1,024 samples, and some go before the first")
    func aac() throws {
        let encoder = try Encoder.aac(rate: 48_000, channels: 2, bitRate: 128_000)
        #expect(encoder.frameSize == 1024)
        #expect(encoder.priming == 1024)
        #expect(encoder.timeBase == Rational(1, 48_000))
    }
}
