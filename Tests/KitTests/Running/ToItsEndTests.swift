import Loop
import Testing

@testable import Kit

@Suite struct ToItsEndTests {
    @Test("what has to be written down is, although the task is cancelled")
    func cancelled() async throws {
        let loop = testLoops.next()
        let task = Task(executorPreference: loop) {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await toItsEnd { (Task.isCancelled, Loop.current === loop) }
        }
        #expect(try await task.value == (false, true))
    }

    @Test("what has to be written down has time of its own, although the deadline is over")
    func late() async throws {
        let loop = testLoops.next()
        let remaining = try await Task(executorPreference: loop) {
            try await Deadline(milliseconds: 0).during { try await toItsEnd { Deadline.milliseconds(atMost: 1000) } }
        }.value
        #expect(remaining == 1000)
    }
}
