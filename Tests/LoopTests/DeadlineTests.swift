import Loop
import Testing

@Suite("Deadlines of requests") struct DeadlineTests {
    @Test("a call gets the time that is left, never more than it asked for") func remaining() async {
        #expect(Deadline.milliseconds(atMost: 500) == 500)
        await Deadline(milliseconds: 60_000).during {
            #expect(Deadline.milliseconds(atMost: 500_000) <= 60_000)
            #expect(Deadline.milliseconds(atMost: 500_000) > 0)
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
}
