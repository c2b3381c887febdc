import Loop
import Telemetry

/// One run of a group: what happens comes in through a stream, one after the other, and the machine says what to do.
final class GroupRun: Sendable {
    enum Happening: Sendable { case started(Int), ended(Int, (any Error)?), signal, cancelled, delayOver, graceOver }

    private let services: [any Service]
    private let loops: LoopGroup
    private let log: Log
    private let state: RunState
    private let times: ServiceGroup.Times
    private let happenings: AsyncStream<Happening>
    private let input: AsyncStream<Happening>.Continuation

    init(_ services: [any Service], on loops: LoopGroup, log: Log, state: RunState, times: ServiceGroup.Times) {
        self.services = services
        self.loops = loops
        self.log = log
        self.state = state
        self.times = times
        // A service starts and ends once; signals are few.
        (happenings, input) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    func happen(_ happening: Happening) { input.yield(happening) }

    /// Until all is over. Throws the error that ended the group.
    func follow() async throws {
        var machine = GroupMachine(count: services.count)
        var tasks: [Task<Void, Never>] = []
        var timers: [Task<Void, any Error>] = []
        var failure: (any Error)?
        defer {
            tasks.forEach { $0.cancel() }
            timers.forEach { $0.cancel() }
            input.finish()
        }
        perform(machine.begin(), &tasks, &timers)
        for await happening in happenings {
            let action = next(happening, &machine, &failure)
            perform(action, &tasks, &timers)
            guard action != .finish else { break }
        }
        if failure == nil && !machine.open.isEmpty { failure = ServiceGroup.GivenUp(services: machine.open.map { services[$0].name }) }
        if let failure { throw failure }
        log.notice("stopped")
    }

    private func next(_ happening: Happening, _ machine: inout GroupMachine, _ failure: inout (any Error)?) -> GroupMachine.Action {
        switch happening {
        case .started(let index): return machine.started(index)
        case .ended(let index, let error):
            if machine.isStopping {
                if let error, !(error is CancellationError) {
                    log.warning("service failed while it was stopped", [("name", .string(services[index].name)), ("error", .string("\(error)"))])
                }
            } else {
                let cause = error ?? ServiceGroup.EndedEarly(service: services[index].name)
                failure = cause
                log.error("service failed", [("name", .string(services[index].name)), ("error", .string("\(cause)"))])
            }
            return machine.ended(index)
        case .signal: return machine.isStopping ? machine.giveUp() : machine.stop()
        case .cancelled: return machine.stop()
        case .delayOver: return machine.delayOver()
        case .graceOver: return machine.giveUp()
        }
    }

    private func perform(_ action: GroupMachine.Action, _ tasks: inout [Task<Void, Never>], _ timers: inout [Task<Void, any Error>]) {
        switch action {
        case .start(let index): tasks.append(start(index))
        case .ready:
            state.enter(.running)
            log.notice("started", [("services", .int(services.count))])
        case .drain:
            state.enter(.draining)
            log.notice("stopping")
            timers.append(after(times.drainDelayMilliseconds, .delayOver))
            timers.append(after(times.drainDelayMilliseconds + times.graceMilliseconds, .graceOver))
        case .cancel(let index):
            log.info("stopping service", [("name", .string(services[index].name))])
            tasks[index].cancel()
        case .finish, .nothing: break
        }
    }

    private func start(_ index: Int) -> Task<Void, Never> {
        Task(executorPreference: loops.next()) { [self] in
            do {
                try await services[index].run(started: Started { [self] in happen(.started(index)) })
                happen(.ended(index, nil))
            } catch {
                happen(.ended(index, error))
            }
        }
    }

    private func after(_ milliseconds: Int, _ happening: Happening) -> Task<Void, any Error> {
        let loop = loops.next()
        return Task(executorPreference: loop) { [self] in
            try await loop.sleep(milliseconds: UInt64(milliseconds))
            happen(happening)
        }
    }
}
