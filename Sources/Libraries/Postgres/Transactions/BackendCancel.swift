internal import CPostgres
import Loop

/// Asks the server to end what a connection runs. libpq does that by a connection of its own and blocks meanwhile: a thread does it.
enum BackendCancel {
    private static let workers = Workers<Void>(threads: 1, waiting: 64, name: "pg-cancel") {}

    private final class Request: @unchecked Sendable {   // libpq says: a PGcancel may be used from any thread
        let raw: OpaquePointer
        init(_ raw: OpaquePointer) { self.raw = raw }
        deinit { PQfreeCancel(raw) }
    }

    /// Who waits for the request or for the end of its time, whichever comes first.
    private final class Race: @unchecked Sendable {   // on the connection's loop only
        private var waiter: UnsafeContinuation<Bool, Never>?
        init(_ waiter: UnsafeContinuation<Bool, Never>) { self.waiter = waiter }
        func end(_ isSent: Bool) { waiter.take()?.resume(returning: isSent) }
    }

    /// libpq waits for the server's answer as long as it takes: a server that is stopped or cut off never gives one.
    private static let patienceMilliseconds: UInt64 = 2000

    /// Returns when the server has had the request, so that it cannot hit what comes next. A connection whose request could not be sent in time is
    /// closed. On the connection's loop.
    static func send(to connection: Connection) async {
        connection.loop.preconditionCurrent()
        guard connection.lost == nil, let raw = PQgetCancel(connection.raw) else { return }
        let request = Request(raw)
        var timer: Repeat?
        var sending: Task<Void, Never>?
        let isSent = await withUnsafeContinuation { waiter in
            let race = Race(waiter)
            timer = Repeat(everyMilliseconds: patienceMilliseconds, once: true, on: connection.loop) { race.end(false) }
            // A task of its own, without a deadline: the one that asks is cancelled or late, as a rule.
            sending = Task(executorPreference: connection.loop) {
                await Deadline.$current.withValue(nil) { race.end((try? await deliver(request)) ?? false) }
            }
        }
        timer?.cancel()
        // What still waits for the thread need not be sent any more.
        sending?.cancel()
        if !isSent { connection.close() }
    }

    private static func deliver(_ request: Request) async throws -> Bool {
        try await workers.run { _ in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { PQcancel(request.raw, $0.baseAddress, 256) == 1 }
        }
    }
}
