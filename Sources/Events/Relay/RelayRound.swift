import Telemetry

internal import Broker
internal import Kit

/// One batch on its way to the broker. Goes out in waves with at most one event of a subject in each: an event that was refused holds back the later
/// ones of its subject, and no others.
struct RelayRound: Sendable {
    private(set) var waves: [[OutboxRow]]
    private let exchange: String
    /// The broker has them, or nobody wants them.
    private(set) var done: [OutboxRow] = []
    private(set) var unroutable: [OutboxRow] = []
    /// Why the rest did not go out, when there is a rest.
    private(set) var obstacle: String?

    init(_ rows: [OutboxRow], exchange: String) {
        self.exchange = exchange
        var seen: [String: Int] = [:]
        var waves: [[OutboxRow]] = []
        for row in rows {
            let wave = seen[row.subject, default: 0]
            seen[row.subject] = wave + 1
            if wave == waves.count { waves.append([]) }
            waves[wave].append(row)
        }
        self.waves = waves
    }

    /// Publishes until all are out or the broker takes no more.
    consuming func publish(with publisher: Publisher) async -> RelayRound {
        var held: Set<String> = []
        for wave in waves {
            let rows = wave.filter { !held.contains($0.subject) }
            guard !rows.isEmpty else { continue }
            do throws(BrokerError) {
                let outcomes = try await publisher.publish(rows.map { $0.message(to: exchange) })
                take(rows, outcomes, &held)
            } catch {
                obstacle = error.description
                return self
            }
        }
        return self
    }

    mutating func take(_ rows: [OutboxRow], _ outcomes: [PublishOutcome], _ held: inout Set<String>) {
        for (row, outcome) in zip(rows, outcomes) {
            switch outcome {
            case .confirmed: done.append(row)
            case .unroutable:
                done.append(row)
                unroutable.append(row)
            case .refused:
                held.insert(row.subject)
                obstacle = "a queue is full or without a leader"
            }
        }
    }
}

extension OutboxRow {
    func message(to exchange: String) -> OutgoingMessage {
        OutgoingMessage(exchange: exchange, routingKey: type, body: payload, messageID: id.description,
                        contentType: "application/cloudevents+json", type: type)
    }
}
