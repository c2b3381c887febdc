import Loop

extension LoopPool {
    /// Runs a batch on a shared connection; makes the call again where the caller cannot tell the difference.
    func run(_ batch: [Connection.Call]) async -> Connection.Outcome {
        var attempt = 0
        let isReading = batch.allSatisfy { $0.0.isReadOnly }
        while true {
            attempt += 1
            let connection: Connection
            switch await share(isHealthChecked: !isReading) {
            case .success(let granted): connection = granted
            case .failure(let error): return .failure(error)
            }
            let outcome = await connection.run(batch)
            guard case .failure(let error) = outcome, attempt <= configuration.connectionsPerLoop + 2, !Task.isCancelled else { return outcome }
            if error.isStalePlan {
                connection.forgetPlans()
                PostgresMeter.shared.retried("stale plan")
            } else if error.kind == .connection, error.effect == .none {
                PostgresMeter.shared.retried("not sent")
            } else if error.kind == .connection, isReading {
                // More than once: a server that ends takes all connections with it, and we hear of one after the other.
                PostgresMeter.shared.retried("read")
            } else {
                return outcome
            }
        }
    }
}
