import LibAV

/// The picture that stands for the video: of a few along the way, the one with the most to see.
final class PosterChoice {
    static let fileName = "poster.jpg"
    private static let widest = 1280

    private let expectedFrames: Int
    private var marks: [Int]
    private var best: Frame
    private var bestDetail = -1.0

    /// `expectedFrames` may be wrong: the first picture is always there to fall back on.
    init(expectedFrames: Int) throws {
        self.expectedFrames = expectedFrames
        marks = [0, 10, 25, 40, 55, 70].map { expectedFrames * $0 / 100 }.reversed()
        best = try Frame.make()
    }

    func offer(_ frame: borrowing Frame, index: Int) throws {
        guard let mark = marks.last, index >= mark else { return }
        while let mark = marks.last, index >= mark { marks.removeLast() }
        // The very first picture is often a title or black: it needs more to win.
        let detail = frame.detail * (index == 0 ? 0.5 : 1)
        guard detail > bestDetail else { return }
        bestDetail = detail
        best = try frame.share()
    }

    func write(into folder: OutputFolder) throws -> PackageManifest.Poster {
        let shape = best.videoShape
        let scale = min(1, Double(Self.widest) / Double(max(shape.width, shape.height)))
        let width = max(2, Int(Double(shape.width) * scale / 2) * 2), height = max(2, Int(Double(shape.height) * scale / 2) * 2)
        try folder.write(Self.fileName, try Self.jpeg(best, shape, width, height), type: .picture)
        return PackageManifest.Poster(file: Self.fileName, width: width, height: height)
    }

    private static func jpeg(_ frame: borrowing Frame, _ shape: VideoShape, _ width: Int, _ height: Int) throws(AVError) -> [UInt8] {
        let graph = try FilterGraph.video(
            "[in]scale=w=\(width):h=\(height):flags=bicubic+accurate_rnd:out_range=pc,format=yuvj420p[out]", input: shape,
            timeBase: Rational(1, 1), outputs: ["out"])
        let encoder = try Encoder.jpeg(width: width, height: height, scale: 3)
        let picture = try Frame.make()
        let packet = try Packet.make()
        try graph.push(frame)
        try graph.finish()
        _ = try graph.pull(0, into: picture)
        picture.prepareForEncoding(timestamp: 0, key: true)
        try encoder.send(picture)
        try encoder.finish()
        _ = try encoder.receive(into: packet)
        return packet.bytes
    }
}
