internal import CPostgres
import Loop

/// Answers, in the order of the questions.
extension Connection {
    /// The socket has something for us, takes something from us, or is broken.
    func onReady(_ readiness: Watch.Interest) {
        guard lost == nil else { return }
        if readiness.contains(.write) { flush() }
        let isAlive = PQconsumeInput(raw) == 1
        receive()
        guard lost == nil else { return }
        deliverNotifications()
        if !isAlive || PQstatus(raw) == CONNECTION_BAD { return lose(PostgresError(.connection, problem, effect: .unknown)) }
        // An error on the socket is told as both, once, and there may be an answer to read before it.
        if readiness == [.read, .write] { watch?.change(to: wantsWrite ? [.read, .write] : .read) }
        exclusive?.becameReady()
    }

    /// Takes the answers that have come whole.
    func receive() {
        while lost == nil, exclusive == nil, !queue.isEmpty, PQisBusy(raw) == 0 {
            guard let result = PQgetResult(raw) else {
                emptyAnswers += 1
                if emptyAnswers > 4 { lose(PostgresError(.protocol, "the server and we are out of step", effect: .unknown)) }
                continue
            }
            emptyAnswers = 0
            receive(result)
        }
    }

    private func receive(_ result: OpaquePointer) {
        switch PQresultStatus(result) {
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            if let entry = queue.synchronize(now: loop.now) { finish(entry) }
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            queue.receive(Rows(owning: result))
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
        case PGRES_FATAL_ERROR:
            queue.receive(failure: PostgresError.from(result))
            PQclear(result)
        default:
            let status = PQresStatus(PQresultStatus(result)).map { String(cString: $0) } ?? ""
            PQclear(result)
            lose(PostgresError(.protocol, "COPY belongs into copyIn, not into a statement (\(status))"))
        }
    }

    private func finish(_ entry: Queue.Entry) {
        switch entry.purpose {
        case .housekeeping: return
        case .preparation(let key):
            guard let failure = entry.failure else { return }
            prepared.forget(key)
            if preparationFailures.count > 64 { preparationFailures = [:] }   // those who sent it have been told long ago
            preparationFailures[key] = failure
        case .batch:
            entry.waiter?.resume(returning: outcome(of: entry))
            events.answered()
        }
    }

    private func outcome(of entry: Queue.Entry) -> Outcome {
        guard let failure = entry.failure else {
            guard entry.answers.count == entry.expected else { return .failure(PostgresError(.protocol, "an answer is missing", effect: .unknown)) }
            return .success(entry.answers)
        }
        let isMissing = failure.sqlState == "26000" || failure.sqlState == "25P02"
        let cause = isMissing ? entry.keys.lazy.compactMap { self.preparationFailures[$0] }.first : nil
        return .failure(cause ?? failure)
    }

    private func deliverNotifications() {
        while let notification = PQnotifies(raw) {
            events.notified(PostgresNotification(
                channel: String(cString: notification.pointee.relname), payload: String(cString: notification.pointee.extra),
                processID: notification.pointee.be_pid))
            PQfreemem(notification)
        }
    }
}
