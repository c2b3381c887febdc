import Loop
import Telemetry

/// The connections of one loop: carries out what `PoolState` decides. All of it runs on the loop.
final class LoopPool: @unchecked Sendable {   // touched on the loop's thread only
    typealias Grant = Result<Connection, PostgresError>

    let loop: Loop
    let settings: ConnectionSettings
    let configuration: PostgresConfiguration
    let log: Log
    private var state: PoolState
    private var connections: [PoolState.ConnectionID: Connection] = [:]
    private var ids: [ObjectIdentifier: PoolState.ConnectionID] = [:]
    private var waiters: [PoolState.RequestID: UnsafeContinuation<Grant, Never>] = [:]
    private var lastRequest = 0
    private var attempts: [PoolState.ConnectionID: Task<Void, Never>] = [:]
    /// Connections outside of the pool: sessions and listeners.
    private var extras: [ObjectIdentifier: Connection] = [:]
    private var lastFailure: PostgresError?
    private var closers: [UnsafeContinuation<Void, Never>] = []
    /// When a closing pool waits no longer.
    private var closesAt = UInt64.max
    private var timer: Repeat?
    private var timerInterval: UInt64 = 0
    private let meter = PostgresMeter.shared

    init(_ settings: ConnectionSettings, _ configuration: PostgresConfiguration, on loop: Loop, log: Log) {
        self.loop = loop
        self.settings = settings
        self.configuration = configuration
        self.log = log
        var limits = PoolState.Limits()
        limits.connections = max(1, configuration.connectionsPerLoop)
        limits.queued = configuration.maximumQueued
        limits.waiting = configuration.maximumWaiting
        limits.waitMilliseconds = configuration.poolWait
        limits.idleMilliseconds = configuration.idleTimeout
        limits.ageMilliseconds = configuration.maximumAge
        state = PoolState(limits)
    }

    // MARK: - Connections for callers

    /// A connection that others use as well; the caller sends exactly one batch on it. Who asks again on another connection when this one turns out to
    /// be dead need not have it looked at before.
    func share(isHealthChecked: Bool) async -> Grant {
        loop.preconditionCurrent()
        while let pick = state.share(now: loop.now) {
            if let id = pick.open { open(id) }
            guard let connection = connections[pick.connection] else { continue }
            if isHealthChecked ? connection.isHealthy() : connection.lost == nil {
                beat()
                return .success(connection)
            }
        }
        return await wait(for: .shared)
    }

    /// A connection for this caller alone, until `release`.
    func lease() async -> Grant {
        loop.preconditionCurrent()
        while true {
            let grant = await wait(for: .lease)
            guard case .success(let connection) = grant, !connection.isHealthy() else { return grant }
        }
    }

    /// Gives a leased connection back; one that is not fit for others is closed.
    func release(_ connection: Connection, isUsable: Bool) {
        loop.preconditionCurrent()
        guard let id = ids[ObjectIdentifier(connection)] else { return connection.close() }
        perform(state.released(id, isUsable: isUsable && connection.lost == nil, now: loop.now))
    }

    private func wait(for use: PoolState.Use) async -> Grant {
        if Task.isCancelled { return .failure(PostgresError.cancelled.with(.none)) }
        let patience = Deadline.current.map { UInt64($0.remainingMilliseconds) } ?? .max
        if patience == 0 { return .failure(.late) }
        lastRequest += 1
        let request = lastRequest
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                waiters[request] = continuation
                perform(state.request(request, use, patience: patience, now: loop.now))
            }
        } onCancel: {
            Task(executorPreference: loop) { self.cancel(request) }
        }
    }

    private func cancel(_ request: PoolState.RequestID) {
        guard let actions = state.cancel(request, now: loop.now) else { return }
        waiters.removeValue(forKey: request)?.resume(returning: .failure(PostgresError.cancelled.with(.none)))
        perform(actions)
    }

    // MARK: - What the state decides

    private func perform(_ actions: [PoolState.Action]) {
        for action in actions {
            switch action {
            case .open(let id): open(id)
            case .close(let id): close(id)
            case .grant(let request, let id):
                guard let connection = connections[id] else { continue }
                waiters.removeValue(forKey: request)?.resume(returning: .success(connection))
            case .refuse(let request, let why):
                waiters.removeValue(forKey: request)?.resume(returning: .failure(error(why)))
            }
        }
        if state.isDrained, attempts.isEmpty {
            for closer in closers { closer.resume() }
            closers = []
        }
        beat()
    }

    private func error(_ why: PoolState.Refusal) -> PostgresError {
        meter.refused(why)
        return switch why {
        case .full: PostgresError(.poolExhausted, "too many wait for the database")
        case .waited: PostgresError(.poolExhausted, "no connection was free in time")
        case .unreachable: lastFailure ?? PostgresError(.connection, "the database cannot be reached")
        case .closed: .closed
        }
    }

    private func open(_ id: PoolState.ConnectionID) {
        attempts[id] = Task(executorPreference: loop) { [self] in
            let result = await Handshake.open(
                settings, timeout: configuration.connectTimeout, statementTimeout: configuration.statementTimeout, on: loop)
            attempts[id] = nil
            switch result {
            case .success(let connection): adopt(connection, as: id)
            case .failure(let error): failed(id, error)
            }
        }
        beat()
    }

    private func adopt(_ connection: Connection, as id: PoolState.ConnectionID) {
        if lastFailure != nil { log.notice("the database is back") }
        lastFailure = nil
        connections[id] = connection
        ids[ObjectIdentifier(connection)] = id
        connection.events.answered = { [weak self] in self?.answered(id) }
        connection.events.lost = { [weak self] error in self?.lost(id, error) }
        meter.opened()
        perform(state.opened(id, now: loop.now))
    }

    private func failed(_ id: PoolState.ConnectionID, _ error: PostgresError) {
        if lastFailure == nil, error.kind != .cancelled {
            log.warning("the database cannot be reached", [("database", .string(settings.description)), ("reason", .string(error.message))])
        }
        lastFailure = error
        meter.connectFailed()
        perform(state.openFailed(id, now: loop.now, jitter: .random(in: 0...1)))
    }

    private func answered(_ id: PoolState.ConnectionID) {
        let actions = state.answered(id, now: loop.now)
        if !actions.isEmpty || state.isClosed { perform(actions) }
    }

    private func lost(_ id: PoolState.ConnectionID, _ error: PostgresError) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        ids[ObjectIdentifier(connection)] = nil
        meter.closed(wasLost: true)
        log.info("a database connection was lost", [("reason", .string(error.message))])
        perform(state.lost(id, now: loop.now))
    }

    private func close(_ id: PoolState.ConnectionID) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        ids[ObjectIdentifier(connection)] = nil
        connection.events = Connection.Events()
        connection.close()
        meter.closed(wasLost: false)
    }

    // MARK: - Time

    /// Keeps a timer running while there is something to watch: often while callers wait, seldom while connections only idle.
    private func beat() {
        let wanted: UInt64 = state.isBusy || !extras.isEmpty || !attempts.isEmpty ? 100 : state.slots.isEmpty ? 0 : 5000
        guard timerInterval == 0 ? wanted > 0 : wanted > 0 && wanted < timerInterval else { return }
        setTimer(wanted)
    }

    private func setTimer(_ interval: UInt64) {
        timer?.cancel()
        timer = nil
        timerInterval = interval
        guard interval > 0 else { return }
        timer = Repeat(everyMilliseconds: interval, on: loop) { [weak self] in self?.tick() }
    }

    private func tick() {
        let now = loop.now
        for connection in Array(connections.values) + extras.values { connection.checkDeadlines(now: now) }
        perform(state.tick(now: loop.now))
        dropUnwanted()
        let isQuiet = !state.isBusy && extras.isEmpty && attempts.isEmpty
        let wanted: UInt64 = !isQuiet ? 100 : state.slots.isEmpty ? 0 : 5000
        if wanted != timerInterval { setTimer(wanted) }
    }

    /// After the close nobody waits for statements whose callers have gone, nor for ever for a transaction that does not end.
    private func dropUnwanted() {
        guard state.isClosed else { return }
        let isLate = loop.now >= closesAt
        for connection in Array(connections.values) where isLate || connection.isUnwanted { connection.lose(.closed) }
    }

    // MARK: - Connections of their own

    /// A connection outside of the pool, for a session: its owner closes it by `closeOwn`.
    func openOwn(statementTimeout: UInt64? = nil, onLost: @escaping (PostgresError) -> Void = { _ in }) async -> Grant {
        loop.preconditionCurrent()
        if state.isClosed { return .failure(.closed) }
        let limit = statementTimeout ?? configuration.statementTimeout
        let settings = statementTimeout == nil ? settings : settings.with(statementTimeout: limit)
        let result = await Handshake.open(settings, timeout: configuration.connectTimeout, statementTimeout: limit, on: loop)
        guard case .success(let connection) = result else { return result }
        if state.isClosed {
            connection.close()
            return .failure(.closed)
        }
        extras[ObjectIdentifier(connection)] = connection
        connection.events.lost = { [weak self, unowned connection] error in
            self?.extras[ObjectIdentifier(connection)] = nil
            self?.meter.closed(wasLost: true)
            onLost(error)
        }
        meter.opened()
        beat()
        return result
    }

    func closeOwn(_ connection: Connection) {
        loop.preconditionCurrent()
        guard extras.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        connection.events = Connection.Events()
        connection.close()
        meter.closed(wasLost: false)
    }

    /// Refuses what comes, waits for what runs (as long as a statement may take, and some), closes all.
    func close() async {
        loop.preconditionCurrent()
        if closesAt == .max { closesAt = loop.now + configuration.statementTimeout + 2 * Connection.grace }
        let actions = state.close()
        for attempt in attempts.values { attempt.cancel() }
        perform(actions)
        dropUnwanted()
        if !state.isDrained || !attempts.isEmpty {
            await withUnsafeContinuation { continuation in
                if state.isDrained && attempts.isEmpty { continuation.resume() } else { closers.append(continuation) }
            }
        }
        for connection in Array(extras.values) { connection.lose(.closed) }
        setTimer(0)
    }
}
