import Glibc
import Loop
import Testing
import TestKit

@Suite("Signals", .serialized)
struct SignalsTests {
    @Test("a signal that was sent to the process reaches the task that waits, and later ones those that ask later")
    func delivered() async throws {
        Signals.block()
        let first = Task { try await Signals.next() }
        kill(getpid(), SIGTERM)
        #expect(try await first.value == .terminate)
        kill(getpid(), SIGINT)
        #expect(try await Signals.next() == .interrupt)
    }

    @Test("waiting can be cancelled, and takes no signal with it")
    func cancelled() async throws {
        Signals.block()
        let waiting = Task { try await Signals.next() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        kill(getpid(), SIGTERM)
        #expect(try await Signals.next() == .terminate)
    }

    @Test("a child is ended by the signals all the same")
    func children() async throws {
        Signals.block()
        let outcome = try await onLoop { _ in try await ChildProcess("/bin/sh", ["-c", "kill -TERM $$; sleep 60"]).run() }
        #expect(outcome.exit == .signal(SIGTERM))
    }
}
