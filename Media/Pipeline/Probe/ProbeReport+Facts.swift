import LibAV

// What was found, as a report may say it: every number within what is read back.
extension ProbeReport.Video {
    init(_ stream: StreamFacts, _ picture: StreamFacts.Video, _ scan: PacketScan) {
        let aspect = picture.sampleAspect.isPositive ? picture.sampleAspect : Rational(1, 1), upright = picture.uprightSize
        let rate = scan.isVariable || !picture.averageFrameRate.isPositive ? scan.rate : picture.averageFrameRate.value
        self.init(
            stream: stream.index, codec: stream.codec, width: Self.bounded(upright.width.rounded()), height: Self.bounded(upright.height.rounded()),
            codedWidth: Self.bounded(Double(picture.width)), codedHeight: Self.bounded(Double(picture.height)),
            rotation: picture.rotation, sampleAspect: "\(aspect.numerator):\(aspect.denominator)", pixelFormat: picture.pixelFormat,
            bitDepth: picture.bitDepth, isInterlaced: picture.isInterlaced, isHDR: picture.isHDR,
            frameRate: min(rate, Self.rates.upperBound).rounded(toPlaces: 3), hasVariableFrameRate: scan.isVariable,
            keyFrameGapMilliseconds: milliseconds(scan.keyGapSeconds), packets: scan.packets, bitRate: scan.bitRate)
    }

    /// A side as a report may have it: a file that is refused may claim any, even less than nothing.
    private static func bounded(_ side: Double) -> Int {
        Int(min(max(side, Double(sides.lowerBound)), Double(sides.upperBound)))
    }
}

extension ProbeReport.Audio {
    init?(_ stream: StreamFacts, _ scan: PacketScan, isChosen: Bool) {
        guard stream.kind == .audio, let audio = stream.audio else { return nil }
        self.init(
            stream: stream.index, codec: stream.codec, rate: min(max(0, audio.rate), Self.rates.upperBound),
            channels: min(max(0, audio.channels), Self.counts.upperBound), layout: audio.layout, language: LanguageTag(stream.language)?.text,
            bitRate: scan.bitRate, durationMilliseconds: milliseconds(scan.seconds), isChosen: isChosen)
    }
}

func milliseconds(_ seconds: Double) -> Int { Int(min(max(0, seconds) * 1000, 1e15).rounded()) }

extension Double {
    func rounded(toPlaces places: Int) -> Double {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
