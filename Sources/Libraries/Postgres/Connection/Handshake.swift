internal import CPostgres
import Loop

/// How a connection comes to be, without a blocking call: names are looked up first, then libpq is asked again whenever its socket is ready.
enum Handshake {
    /// A connection in pipeline mode. The whole of it takes `timeout` milliseconds at most; cancelling the task ends it too.
    static func open(
        _ settings: ConnectionSettings, timeout: UInt64, statementTimeout: UInt64, on loop: Loop
    ) async -> Result<Connection, PostgresError> {
        loop.preconditionCurrent()
        let attempt = Task(executorPreference: loop) { await connect(settings, statementTimeout, loop) }
        var isLate = false
        let timer = Repeat(everyMilliseconds: timeout, once: true, on: loop) {
            isLate = true
            attempt.cancel()
        }
        let result = await withTaskCancellationHandler { await attempt.value } onCancel: { attempt.cancel() }
        timer.cancel()
        if isLate, case .failure = result { return .failure(PostgresError(.connection, "no connection within \(timeout) ms")) }
        return result
    }

    private static func connect(
        _ settings: ConnectionSettings, _ statementTimeout: UInt64, _ loop: Loop
    ) async -> Result<Connection, PostgresError> {
        do {
            let raw = try await start(lookUp(settings), loop)
            PQsetnonblocking(raw, 1)
            guard PQenterPipelineMode(raw) == 1 else {
                defer { PQfinish(raw) }
                return .failure(PostgresError(.connection, PostgresError.line(PQerrorMessage(raw))))
            }
            return .success(Connection(owning: raw, statementTimeout: statementTimeout, on: loop))
        } catch let error as PostgresError {
            return .failure(error)
        } catch is CancellationError {
            return .failure(PostgresError.cancelled.with(.none))
        } catch {
            return .failure(PostgresError(.connection, "\(error)"))
        }
    }

    /// Addresses beside the names. One host of several that cannot be found is left out.
    private static func lookUp(_ settings: ConnectionSettings) async throws -> ConnectionSettings {
        let hosts = settings.hosts
        guard hosts.contains(where: \.needsLookup) else { return settings }
        var found: [(host: ConnectionSettings.Host, addresses: [String])] = []
        var failure: (any Error)?
        for host in hosts {
            guard host.needsLookup else {
                found.append((host, [""]))
                continue
            }
            do {
                found.append((host, try await Resolver.resolve(host: host.name, port: 0).map(\.host)))
            } catch {
                failure = error
            }
        }
        if found.isEmpty, let failure { throw failure }
        return settings.resolved(found)
    }

    private static func start(_ settings: ConnectionSettings, _ loop: Loop) async throws -> OpaquePointer {
        guard let raw = begin(settings) else { throw PostgresError(.connection, "out of memory") }
        do {
            PQsetNoticeReceiver(raw, { _, result in Handshake.dropNotice(result) }, nil)
            var next = PGRES_POLLING_WRITING
            while next != PGRES_POLLING_OK {
                guard next != PGRES_POLLING_FAILED, PQsocket(raw) >= 0 else { throw refusal(raw) }
                try await SocketWait(loop).wait(PQsocket(raw), next == PGRES_POLLING_READING ? .read : .write)
                next = PQconnectPoll(raw)
            }
        } catch {
            PQfinish(raw)
            throw error
        }
        return raw
    }

    /// Notices are for people at a terminal; libpq would print them.
    private static func dropNotice(_ result: OpaquePointer?) {}

    private static func begin(_ settings: ConnectionSettings) -> OpaquePointer? {
        let entries = settings.values.sorted { $0.key < $1.key }
        return withCStrings(entries.map(\.key)) { keys in
            withCStrings(entries.map(\.value)) { values in PQconnectStartParams(keys, values, 0) }
        }
    }

    private static func refusal(_ raw: OpaquePointer) -> PostgresError {
        PostgresError(.connection, PostgresError.line(PQerrorMessage(raw)))
    }

    private static func withCStrings<R>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
        var bytes: [CChar] = []
        var starts: [Int] = []
        for text in texts {
            starts.append(bytes.count)
            bytes += text.utf8CString
        }
        return bytes.withUnsafeBufferPointer { buffer in
            body(starts.map { start in buffer.baseAddress.map { $0 + start } } + [nil])
        }
    }
}

/// One wait for a socket that libpq still connects; it may be another socket each time.
private final class SocketWait: @unchecked Sendable {   // touched on the loop's thread only
    private let loop: Loop
    private var watch: Watch?
    private var continuation: UnsafeContinuation<Bool, Never>?

    init(_ loop: Loop) { self.loop = loop }

    func wait(_ socket: CInt, _ interest: Watch.Interest) async throws(CancellationError) {
        loop.preconditionCurrent()
        if Task.isCancelled { throw CancellationError() }
        let isReady = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                self.continuation = continuation
                watch = Watch(socket, for: interest, on: loop) { [self] _ in finish(true) }
            }
        } onCancel: {
            Task(executorPreference: loop) { self.finish(false) }
        }
        if !isReady { throw CancellationError() }
    }

    private func finish(_ isReady: Bool) {
        guard let continuation else { return }
        self.continuation = nil
        watch?.cancel()
        watch = nil
        continuation.resume(returning: isReady)
    }
}
