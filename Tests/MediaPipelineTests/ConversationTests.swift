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

    @Test("every message is read back as it was sent")
    func roundTrip() throws {
        var report = ProbeReport(bytes: 12, container: .mp4, refusals: [Refusal(.truncated, "The end is missing.")])
        report.durationMilliseconds = 5280
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
