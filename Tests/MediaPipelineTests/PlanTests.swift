import LibAV
@testable import MediaPipeline
import Testing

@Suite struct PlanTests {
    private static func ladder(_ width: Double, _ height: Double) -> [Rung] {
        Ladder(width: width, height: height, frameRate: 25, sourceBitRate: 0).rungs
    }

    @Test(
        "sizes that courses have get the sizes that players like",
        arguments: [
            (1920.0, 1080.0, ["1920x1080", "1280x720", "960x540", "640x360"]), (1280, 720, ["1280x720", "960x540", "640x360"]),
            (3840, 2160, ["1920x1080", "1280x720", "960x540", "640x360"]),
            (1080, 1920, ["1080x1920", "720x1280", "540x960", "360x640"]), (480, 270, ["480x270", "288x162"]), (640, 480, ["640x480", "480x360"]),
            (176, 144, ["176x144", "100x82"]),
        ])
    func usual(width: Double, height: Double, sizes: [String]) { #expect(Self.ladder(width, height).map { "\($0.width)x\($0.height)" } == sizes) }

    @Test(
        "every source, however odd, gets two or more even sizes that are not larger, keep its shape and have names of their own",
        arguments: [
            (16.0, 16.0), (17, 33), (64, 2160), (2160, 64), (853, 479), (7680, 4320), (1024, 576), (100, 100), (854, 480), (1440, 1080), (2560, 1080),
            (33, 1999),
        ])
    func odd(width: Double, height: Double) {
        let rungs = Self.ladder(width, height)
        #expect(rungs.count >= 2)
        #expect(Set(rungs.map(\.name)).count == rungs.count)
        for rung in rungs {
            #expect(rung.width % 2 == 0 && rung.height % 2 == 0 && rung.width >= 16 && rung.height >= 16)
            #expect(Double(rung.width) <= max(16, width) && Double(rung.height) <= max(16, height), "\(rung)")
            if min(rung.width, rung.height) > 60 { #expect(abs(Double(rung.width) / Double(rung.height) / (width / height) - 1) < 0.02, "\(rung)") }
        }
        for (upper, lower) in zip(rungs, rungs.dropFirst()) {
            #expect(lower.width * lower.height <= upper.width * upper.height)
            #expect(lower.maximumBitRate < upper.maximumBitRate || lower.maximumBitRate == 64_000)
        }
    }

    @Test("no rung may spend more than the source did")
    func bitRate() {
        #expect(Ladder(width: 1280, height: 720, frameRate: 25, sourceBitRate: 900_000).rungs.allSatisfy { $0.maximumBitRate <= 900_000 })
        #expect(Ladder(width: 1280, height: 720, frameRate: 25, sourceBitRate: 90_000_000).rungs[0].maximumBitRate == 4_200_000)
    }

    @Test(
        "key frames are two seconds apart, to the nearest frame and never more than 2.1 s",
        arguments: [
            (Rational(24, 1), 48), (Rational(25, 1), 50), (Rational(30_000, 1001), 60), (Rational(60, 1), 120), (Rational(24_000, 1001), 48),
            (Rational(15, 1), 30), (Rational(1, 1), 2),
            (Rational(3, 2), 3), (Rational(17, 4), 8), (Rational(105, 8), 26),
        ])
    func keyFrames(rate: Rational, interval: Int) {
        let plan = FrameRatePlan(rate)
        #expect(plan.keyInterval == interval)
        #expect(plan.segmentFrames == 3 * interval)
        #expect(plan.seconds(interval) <= 2.1)
    }

    @Test("times of frames are exact far into a long lecture")
    func times() { #expect(abs(FrameRatePlan(Rational(30_000, 1001)).seconds(1_294_705) - 43_200.0 + 0.010166) < 0.01) }

    @Test(
        "languages are written as players want them",
        arguments: [
            ("eng", "en", "eng"), ("ger", "de", "deu"), ("de", "de", "deu"), ("pt-BR", "pt", "por"), ("gsw", "gsw", "gsw"), ("FRA", "fr", "fra"),
        ])
    func language(declared: String, text: String, threeLetters: String) {
        #expect(LanguageTag(declared)?.text == text)
        #expect(LanguageTag(declared)?.threeLetters == threeLetters)
    }

    @Test("what is no language is none", arguments: ["", "und", "x", "english", "<b>", "e\"n", "12"])
    func noLanguage(declared: String) { #expect(LanguageTag(declared) == nil) }
}
