import Loop
import Testing

@testable import Kit

@Suite struct DeadlineTests {
    @Test("a call gets the time that is left, never more than it asked for") func remaining() async {
        #expect(Deadline.milliseconds(atMost: 500) == 500)
        await Deadline(milliseconds: 100).during {
            #expect(Deadline.milliseconds(atMost: 500) <= 100)
            #expect(Deadline.milliseconds(atMost: 500) > 0)
            #expect(Deadline.milliseconds(atMost: 5) == 5)
        }
        await Deadline(milliseconds: -5).during {
            #expect(Deadline.milliseconds(atMost: 500) == 0)
            #expect(Deadline.current?.isOver == true)
        }
        #expect(Deadline.current == nil)
    }

    @Test("a later deadline inside an earlier one changes nothing") func nested() async {
        await Deadline(milliseconds: 100).during {
            await Deadline(milliseconds: 10_000).during { #expect(Deadline.milliseconds(atMost: 20_000) <= 100) }
        }
    }

    @Test("what takes too long is left behind with an error that says how long it had") func limit() async {
        let loop = testLoops.next()
        await #expect(throws: TimeLimitError(milliseconds: 20)) {
            try await withTimeLimit(milliseconds: 20, on: loop) { try await loop.sleep(milliseconds: 60_000) }
        }
    }

    @Test("what is done in time gives its value or its own error") func inTime() async throws {
        struct Own: Error {}
        let loop = testLoops.next()
        #expect(try await withTimeLimit(milliseconds: 5_000, on: loop) { 7 } == 7)
        await #expect(throws: Own.self) { try await withTimeLimit(milliseconds: 5_000, on: loop) { throw Own() } }
    }
}
