internal import Kit
internal import Telemetry

/// The steps of the traces in which the events of a batch became true: that each was published.
struct PublishSpans {
    private let spans: [Int64: ActiveSpan]

    /// Nil when nothing is exported. Only then are the events read.
    init?(_ rows: [OutboxRow], to exchange: String, _ tracer: Tracer?) {
        guard let tracer else { return nil }
        var spans: [Int64: ActiveSpan] = [:]
        for row in rows {
            guard let parent = (try? Event(decoding: row.payload))?.trace,
                  var span = ActiveSpan(at: .entering(after: parent, tracer), after: parent, .producer, "publish \(row.type)") else { continue }
            span.set("messaging.system", .string("rabbitmq"))
            span.set("messaging.operation.type", .string("send"))
            span.set("messaging.operation.name", .string("publish"))
            span.set("messaging.destination.name", .string(exchange))
            span.set("messaging.rabbitmq.destination.routing_key", .string(row.type))
            span.set("messaging.message.id", .string(row.id.description))
            spans[row.position] = span
        }
        self.spans = spans
    }

    /// What became of them: those that the broker does not have go out again, as another step.
    func end(_ round: borrowing RelayRound) {
        let done = Set(round.done.map(\.position))
        for (position, span) in spans { span.end(failure: done.contains(position) ? nil : "unconfirmed") }
    }
}
