import Glibc
@testable import Loop
import Testing
import TestKit

@Suite("Signals", .serialized)
struct SignalsTests {
    @Test("a signal that was sent to the process reaches the task that waits, and later ones those that ask later")
    func delivered() async throws {
        // The test runner's threads are not blocked: the signal goes to the thread that waits for it, which is what `next` starts.
        let first = Task { try await Signals.next() }
        await Self.signalsThread()
        try send(.terminate)
        #expect(try await first.value == .terminate)
        try send(.interrupt)
        #expect(try await Signals.next() == .interrupt)
    }

    @Test("waiting can be cancelled, and takes no signal with it")
    func cancelled() async throws {
        let waiting = Task { try await Signals.next() }
        await Self.signalsThread()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        try send(.terminate)
        #expect(try await Signals.next() == .terminate)
    }

    /// To the thread that waits: in a process that blocks them first, as services do, the kernel chooses it by itself.
    private func send(_ signal: Signals.Signal) throws {
        let listener = try #require(Signals.listener)
        #expect(pthread_kill(listener.id, signal.number) == 0)
    }

    private static func signalsThread() async {
        #expect(await eventually { Signals.listener != nil })
    }
}
