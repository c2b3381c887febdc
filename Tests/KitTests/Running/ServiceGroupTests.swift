import Loop
import Telemetry
import TestKit
import Testing

@testable import Kit

/// Two loops for the tests of Kit; they end with the process.
let testLoops = LoopGroup(count: 2, name: "kit-test")

@Suite struct ServiceGroupTests {
    private struct Failure: Error {}

    /// Notes when it starts and ends; ends when it is cancelled.
    private struct Recorder: Service {
        let name: String
        let notes: Locked<[String]>
        var startsAfter: UInt64 = 0

        func run() async throws { try await run(started: Started()) }
        func run(started: Started) async throws {
            let loop = try #require(Loop.current)
            try await loop.sleep(milliseconds: startsAfter)
            notes.withLock { $0.append("start \(name)") }
            started()
            try? await loop.sleep(milliseconds: 60_000)
            notes.withLock { $0.append("end \(name)") }
        }
    }

    private func group(_ services: [any Service], state: RunState = RunState(), times: ServiceGroup.Times = .init()) -> ServiceGroup {
        ServiceGroup(services, on: testLoops, log: Log(service: "test", sink: MemorySink()), state: state, times: times)
    }

    @Test("services start in order, each when the one before has begun, and end in reverse on a signal") func order() async throws {
        let notes = Locked<[String]>([])
        let state = RunState()
        let services = [Recorder(name: "a", notes: notes, startsAfter: 30), Recorder(name: "b", notes: notes), Recorder(name: "c", notes: notes)]
        let (signals, signal) = AsyncStream<Void>.makeStream()
        let stop = Locked(signals)
        async let run: Void = group(services, state: state).run {
            for await _ in stop.withLock({ $0 }) { return }
            try await Task.sleep(for: .seconds(60))
        }
        #expect(await eventually { state.phase == .running })
        signal.yield()
        try await run
        #expect(state.isDraining)
        #expect(notes.withLock { $0 } == ["start a", "start b", "start c", "end c", "end b", "end a"])
    }

    @Test("a service that fails ends the others, and its error is the group's") func failure() async {
        let notes = Locked<[String]>([])
        let state = RunState()
        let failing = BackgroundService("failing") {
            _ = await eventually { state.phase == .running }
            throw Failure()
        }
        await #expect(throws: Failure.self) {
            try await group([Recorder(name: "a", notes: notes), failing], state: state).run { try await Task.sleep(for: .seconds(60)) }
        }
        #expect(notes.withLock { $0 } == ["start a", "end a"])
    }

    @Test("a service that returns although nobody asked ends the group with an error that names it") func early() async {
        let error = await #expect(throws: ServiceGroup.EndedEarly.self) {
            try await group([BackgroundService("brief") {}]).run { try await Task.sleep(for: .seconds(60)) }
        }
        #expect(error?.service == "brief")
    }

    @Test("a service that does not end in time is given up and named") func stuck() async {
        var times = ServiceGroup.Times()
        times.graceMilliseconds = 50
        let stuck = BackgroundService("stuck") {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                Task.detached {
                    try? await Task.sleep(for: .milliseconds(500))
                    continuation.resume()
                }
            }
        }
        let signalled = Locked(false)
        let error = await #expect(throws: ServiceGroup.GivenUp.self) {
            try await group([stuck], times: times).run {
                if signalled.withLock({ let was = $0; $0 = true; return was }) { try await Task.sleep(for: .seconds(60)) }
            }
        }
        #expect(error?.services == ["stuck"])
    }

    @Test("cancelling the group's task ends its services") func cancelled() async throws {
        let notes = Locked<[String]>([])
        let state = RunState()
        let group = group([Recorder(name: "a", notes: notes)], state: state)
        let task = Task { try await group.run { try await Task.sleep(for: .seconds(60)) } }
        #expect(await eventually { state.phase == .running })
        task.cancel()
        try await task.value
        #expect(notes.withLock { $0 } == ["start a", "end a"])
    }
}
