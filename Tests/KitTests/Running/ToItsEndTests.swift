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
}
