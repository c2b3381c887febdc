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

    /// Returns when the server has had the request, so that it cannot hit what comes next; a connection whose request could not be sent is closed.
    static func send(to connection: Connection) async {
        guard connection.lost == nil, let raw = PQgetCancel(connection.raw) else { return }
        let request = Request(raw)
        // A task of its own: the one that asks is cancelled, as a rule.
        let sending = Task(executorPreference: connection.loop) {
            try await workers.run { _ in
                withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { PQcancel(request.raw, $0.baseAddress, 256) == 1 }
            }
        }
        let isSent = (try? await sending.value) ?? false
        if !isSent { connection.close() }
    }
}
