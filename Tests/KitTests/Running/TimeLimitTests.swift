import Loop
import Testing

@testable import Kit

@Suite("Time limits") struct TimeLimitTests {
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
