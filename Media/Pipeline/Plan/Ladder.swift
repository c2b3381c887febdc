import LibAV

/// One size and quality the video is offered in.
struct Rung: Equatable {
    let name: String
    let width: Int
    let height: Int
    /// Bits a second that are never exceeded for long.
    let maximumBitRate: Int
    let quality: Double
}

/// The sizes a source is offered in: its own and smaller ones, never larger, at least two, all of its own aspect.
struct Ladder {
    /// Largest first.
    let rungs: [Rung]

    /// Heights of 16:9 pictures whose area a rung may have.
    private static let classes = [1080, 720, 540, 360]
    /// A rung this near the one above it is not worth its bytes.
    private static let leastStep = 0.8

    init(width: Double, height: Double, frameRate: Double, sourceBitRate: Int) {
        let top = Self.scale(width, height, to: 1080)
        var scales = [top]
        for height16by9 in Self.classes.dropFirst() {
            let scale = Self.scale(width, height, to: height16by9)
            if scale <= scales[scales.count - 1] * Self.leastStep { scales.append(scale) }
        }
        if scales.count == 1 { scales.append(top * 0.6) }
        var rungs: [Rung] = []
        for scale in scales {
            let size = Self.evenSize(width * scale, height * scale, aspect: width / height)
            let isLowest = rungs.count == scales.count - 1
            rungs.append(
                Self.rung(
                    size, frameRate, sourceBitRate, taken: rungs.map(\.name),
                    halved: isLowest && rungs.last.map { ($0.width, $0.height) == size } == true))
        }
        self.rungs = rungs
    }

    /// How much smaller a picture must be to fit the box of a 16:9 height, lying or standing as the picture does; at most 1.
    private static func scale(_ width: Double, _ height: Double, to boxHeight: Int) -> Double {
        let short = Double(boxHeight), long = short * 16 / 9
        return min(1, long / max(width, height), short / min(width, height))
    }

    /// The even size near the one wanted, not above it, that keeps the aspect best; for tiny pictures no smaller than 16 each way.
    private static func evenSize(_ width: Double, _ height: Double, aspect: Double) -> (Int, Int) {
        let tallest = max(16, Int(height / 2 + 1e-6) * 2), widest = max(16, Int(width / 2 + 1e-6) * 2)
        var best = (widest, tallest, abs(Double(widest) / Double(tallest) / aspect - 1))
        for tall in stride(from: tallest, through: max(16, tallest - 16), by: -2) {
            let wide = min(widest, max(16, Int((Double(tall) * aspect / 2).rounded()) * 2))
            let error = abs(Double(wide) / Double(tall) / aspect - 1)
            // Losing lines or columns must be worth it.
            if error < best.2 - 0.005 { best = (wide, tall, error) }
        }
        return (best.0, best.1)
    }

    private static func rung(_ size: (Int, Int), _ frameRate: Double, _ sourceBitRate: Int, taken: [String], halved: Bool) -> Rung {
        let area = Double(size.0 * size.1) / (1280 * 720)
        // 4.2 Mb/s for 720p, and less than in proportion for other sizes.
        let usual = 4_200_000 * area.squareRoot() * area.squareRoot().squareRoot() * (frameRate > 31 ? 1.4 : 1)
        let source = sourceBitRate > 0 ? max(Double(sourceBitRate), 200_000) : usual
        let rate = Int(min(usual, source)) / (halved ? 2 : 1)
        let name = "v\(size.1)"
        return Rung(
            name: taken.contains(name) ? name + "b" : name, width: size.0, height: size.1, maximumBitRate: max(64_000, rate),
            quality: halved ? 30 : 23)
    }
}
