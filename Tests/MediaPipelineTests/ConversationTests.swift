@testable import LibAV
@testable import MediaPipeline
import Testing

@Suite struct ConversationTests {
    @Test("messages come through in whatever pieces they arrive")
    func pieces() {
        var conversation = Conversation()
        let bytes =
            ConfinedMessage.confined(landlock: 7).line + ConfinedMessage.progress(10).line + ConfinedMessage.progress(55).line
            + ConfinedMessage.packaged.line
        var percents: [Int] = []
        for byte in bytes { percents += conversation.hear([byte]) }
        #expect(percents == [10, 55])
        #expect(conversation.isPackaged && !conversation.isBroken)
        #expect(conversation.confinement?.landlockVersion == 7)
    }

    @Test("progress only rises")
    func progress() {
        var conversation = Conversation()
        #expect(conversation.hear(ConfinedMessage.progress(40).line) == [40])
        #expect(conversation.hear(ConfinedMessage.progress(30).line) == [])
        #expect(conversation.hear(ConfinedMessage.progress(40).line) == [])
        #expect(conversation.hear(ConfinedMessage.progress(41).line) == [41])
    }

    @Test(
        "after a line that is no message nothing is believed",
        arguments: ["hello\n", "{}\n", "{\"progress\":101}\n", "{\"progress\":1,\"packaged\":true}\n", "[]\n", "{\"report\":{}}\n"])
    func junk(line: String) {
        var conversation = Conversation()
        _ = conversation.hear(Array(line.utf8))
        #expect(conversation.isBroken)
        _ = conversation.hear(ConfinedMessage.packaged.line)
        #expect(!conversation.isPackaged)
    }

    @Test("a line without an end does not fill the memory")
    func endless() {
        var conversation = Conversation()
        for _ in 0..<100 { _ = conversation.hear([UInt8](repeating: UInt8(ascii: "a"), count: 10_000)) }
        #expect(conversation.isBroken)
    }

    @Test("messages without end are not listened to")
    func flood() {
        var conversation = Conversation()
        for _ in 0..<1001 { _ = conversation.hear(ConfinedMessage.progress(1).line) }
        #expect(conversation.isBroken)
    }

    @Test("a report of a file with extreme numbers is a report, too")
    func extremes() throws {
        for side in [Int(Int32.min), -1, 0, Int(Int32.max)] {
            let picture = StreamFacts.Video(
                width: side, height: side, sampleAspect: Rational(.max, 1), pixelFormat: "unknown", bitDepth: 8, rotation: 90, isMirrored: false,
                baseFrameRate: Rational(.max, 1), averageFrameRate: Rational(.max, 1), isInterlaced: false, transfer: "", colorSpace: "", isRGB: false)
            let sound = StreamFacts.Audio(rate: side, channels: side, layout: "")
            let facts = { (kind: StreamFacts.Kind) in
                StreamFacts(
                    index: 0, kind: kind, codec: "none", profile: nil, canDecode: false, timeBase: Rational(1, .max), isAttachedPicture: false,
                    isDefault: false, language: nil, declaredBitRate: side, indexedSamples: side, declaredSamples: side, declaredSeconds: nil,
                    video: picture, audio: sound)
            }
            var report = ProbeReport(bytes: 1)
            report.video = ProbeReport.Video(facts(.video), picture, PacketScan(timeBase: Rational(1, .max)))
            report.audio = [try #require(ProbeReport.Audio(facts(.audio), PacketScan(timeBase: Rational(1, .max)), isChosen: false))]
            #expect(ConfinedMessage.read(Array(ConfinedMessage.report(report).line.dropLast())) == .report(report), "\(side)")
        }
    }

    @Test("no report gives the next process more than the largest file that is taken")
    func limits() {
        var report = ProbeReport(bytes: 1)
        report.durationMilliseconds = 12 * 3_600_000
        report.video = ProbeReport.Video(
            stream: 0, codec: "h264", width: 7680, height: 4320, codedWidth: 7680, codedHeight: 4320, rotation: 0, sampleAspect: "1:1",
            pixelFormat: "yuv420p", bitDepth: 8, isInterlaced: false, isHDR: false, frameRate: 120, hasVariableFrameRate: false,
            keyFrameGapMilliseconds: 0, packets: 1, bitRate: 1)
        let most = ConfinementLimits.package(report)
        (report.durationMilliseconds, report.leadMilliseconds) = (.max, .max)
        report.video?.frameRate = 1e9
        report.video?.width = 1_000_000
        report.video?.height = 1_000_000
        #expect(ConfinementLimits.package(report) == most)
        (report.durationMilliseconds, report.leadMilliseconds) = (1000, 500_000)
        #expect(ConfinementLimits.package(report).cpuSeconds > 5000, "pictures that begin late are made for all of that time")
    }

    @Test("every message is read back as it was sent")
    func roundTrip() throws {
        var report = ProbeReport(bytes: 12, container: .mp4, refusals: [Refusal(.truncated, "The end is missing.")])
        report.durationMilliseconds = 5280
        report.leadMilliseconds = 40
        report.declaredDurationMilliseconds = 5312
        report.streams = 2
        report.video = ProbeReport.Video(
            stream: 0, codec: "h264", width: 180, height: 320, codedWidth: 320, codedHeight: 180, rotation: 90, sampleAspect: "1:1",
            pixelFormat: "yuv420p",
            bitDepth: 8, isInterlaced: false, isHDR: true, frameRate: 29.97, hasVariableFrameRate: true, keyFrameGapMilliseconds: 2000, packets: 132,
            bitRate: 99)
        report.audio = [
            ProbeReport.Audio(
                stream: 1, codec: "aac", rate: 48_000, channels: 6, layout: "5.1", language: nil, bitRate: 1, durationMilliseconds: 2, isChosen: true)
        ]
        let messages: [ConfinedMessage] = [
            .report(report), .failure(MediaFailure(.media, "encode: Invalid argument")), .confined(landlock: nil), .packaged, .progress(3),
            .trial(attempt: "read", outcome: "Permission denied", isRefused: true),
        ]
        for message in messages { #expect(ConfinedMessage.read(Array(message.line.dropLast())) == message) }
        let order = ConfinedOrder(work: .package, file: "/a \"b\"", folder: "/c", parent: 12, limits: .probe(bytes: 1 << 30))
        #expect(try ConfinedOrder.read(order.bytes) == order)
        #expect(throws: (any Error).self) { try ConfinedOrder.read(Array("{\"work\":\"probe\"}".utf8)) }
    }
}
