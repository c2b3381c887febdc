internal import CLibAV

/// A fraction as libav keeps times and rates in: `1/24` of a second, `30000/1001` frames a second.
public struct Rational: Sendable, Hashable, CustomStringConvertible {
    public var numerator: Int32
    public var denominator: Int32

    public init(_ numerator: Int32, _ denominator: Int32) {
        self.numerator = numerator
        self.denominator = denominator
    }

    init(_ raw: AVRational) { self.init(raw.num, raw.den) }
    var raw: AVRational { AVRational(num: numerator, den: denominator) }

    /// Neither zero nor a division by zero.
    public var isPositive: Bool { numerator > 0 && denominator > 0 }
    public var value: Double { denominator == 0 ? 0 : Double(numerator) / Double(denominator) }
    public var inverse: Rational { Rational(denominator, numerator) }
    public var description: String { "\(numerator)/\(denominator)" }

    /// The nearest fraction whose parts are at most `limit`.
    public static func nearest(to value: Double, limit: Int32 = 100_000) -> Rational { Rational(av_d2q(value, limit)) }

    /// `value`, counted in units of `from`, in units of `to`; rounded to the nearest, never overflowing.
    public static func rescale(_ value: Int64, from: Rational, to: Rational) -> Int64 { av_rescale_q(value, from.raw, to.raw) }
}
