internal import Telemetry

/// The step of a trace that asks MongoDB: what it does to which collection, and nothing of the documents.
struct OperationSpan {
    private let span: ActiveSpan

    /// Nil when nobody keeps the task's trace.
    init?(_ operation: StaticString, _ collection: MongoCollection? = nil) {
        guard var span = ActiveSpan.begin(.client, collection.map { "\(operation) \($0.name)" } ?? "\(operation)") else { return nil }
        span.set("db.system.name", .string("mongodb"))
        span.set("db.operation.name", .string("\(operation)"))
        if let collection {
            span.set("db.namespace", .string(collection.database))
            span.set("db.collection.name", .string(collection.name))
        }
        self.span = span
    }

    /// It is over; `error` is why it failed.
    func end(_ error: (any Error)?) { span.end(failure: error.map { ($0 as? MongoError)?.kind.name ?? "\(type(of: $0))" }) }
}

extension MongoCollection {
    /// One operation of this collection, as a step of the task's trace.
    func run<R: Sendable>(_ operation: StaticString, _ body: @escaping @Sendable (borrowing MongoSession) throws -> R) async throws -> R {
        try await pool.run(OperationSpan(operation, self), body)
    }
}
