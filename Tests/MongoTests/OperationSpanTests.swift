import Mongo
import Telemetry
import Testing

@Suite("Spans of MongoDB operations")
struct OperationSpanTests {
    @Test("an operation is a step with the names of what it does and where, and nothing of the documents")
    func operations() async throws {
        let queue = SpanQueue()
        let root = Trace.entering(after: nil, Tracer(service: "test", queue: queue))
        try await MongoDatabase.with { database in
            try await Trace.$current.withValue(root) {
                let things = database["things"]
                try await things.insertOne(["_id": "a secret"])
                _ = try await things.find(["_id": "a secret"])
                await #expect(throws: MongoError.self) { try await things.insertOne(["_id": "a secret"]) }
                try await database.pool.withTransaction { session in try session.insertOne(["_id": "another secret"], into: things) }
            }
            let spans = queue.take(upTo: 10)
            #expect(spans.map(\.name) == ["insertOne things", "find things", "insertOne things", "transaction"])
            #expect(spans.map(\.failure) == [nil, nil, "duplicateKey", nil])
            #expect(spans.allSatisfy { $0.kind == .client && $0.parentID == root.spanID })
            #expect(!"\(spans)".contains("secret") && "\(spans[0].attributes)".contains(database.name))
        }
    }
}
