import LibAV

/// The constant rate of what is made, and the grid of key frames and segments that all renditions share.
struct FrameRatePlan: Equatable {
    let rate: Rational
    /// Frames from one key frame to the next: two seconds of them.
    let keyInterval: Int
    static let keyFramesPerSegment = 3
    var segmentFrames: Int { keyInterval * Self.keyFramesPerSegment }
    /// Two pictures of every interlaced frame.
    let doublesFields: Bool

    private static let usual: [Rational] = [
        Rational(24000, 1001), Rational(24, 1), Rational(25, 1), Rational(30000, 1001), Rational(30, 1), Rational(50, 1), Rational(60000, 1001),
        Rational(60, 1),
        Rational(10, 1), Rational(12, 1), Rational(15, 1), Rational(20, 1), Rational(48, 1),
    ]

    init(_ source: Source) {
        // The base rate is a guess that field pictures double; the average one is off when the first or last picture is.
        let (base, common) = (source.picture.baseFrameRate, source.commonRate)
        let isBase = source.isVariable || abs(base.value - common) <= common * 0.05
        let declared = isBase ? base : source.picture.averageFrameRate
        var rate = declared.isPositive ? declared.value : source.commonRate
        if source.isVariable && !(1...120).contains(rate) { rate = source.commonRate }
        if !rate.isFinite || rate <= 0 { rate = 25 }
        let doublesFields = source.picture.isInterlaced && rate <= 30.5
        if doublesFields { rate *= 2 }
        while rate > 60.5 { rate /= 2 }
        self.init(Self.named(max(1, rate)), doublesFields: doublesFields)
    }

    init(_ rate: Rational, doublesFields: Bool = false) {
        self.rate = rate
        self.doublesFields = doublesFields
        let exact = 2 * rate.value, nearest = exact.rounded()
        keyInterval = max(1, Int(nearest / rate.value <= 2.1 ? nearest : exact.rounded(.down)))
    }

    /// The usual rate within half a percent, else a fraction with a small denominator.
    private static func named(_ rate: Double) -> Rational {
        let near = usual.min { abs($0.value - rate) < abs($1.value - rate) }
        if let near, abs(near.value - rate) <= rate * 0.0002 || (abs(near.value - rate) <= rate * 0.005 && rate.rounded() != rate) { return near }
        return Rational.nearest(to: rate, limit: 1001)
    }

    /// When frame `index` is shown, in seconds.
    func seconds(_ index: Int) -> Double { Double(index) * Double(rate.denominator) / Double(rate.numerator) }
}
