import Telemetry
import Testing
@testable import Postgres

@Suite("Spans of statements")
struct StatementSpanTests {
    private static let selection = Statement("select id\n  from things where name = $1")

    /// What is kept while `body` runs in a sampled trace.
    private func spans(_ body: () async throws -> Void) async throws -> (root: Trace, spans: [SpanRecord]) {
        let queue = SpanQueue()
        let root = Trace.entering(after: nil, Tracer(service: "test", queue: queue))
        try await Trace.$current.withValue(root) { try await body() }
        return (root, queue.take(upTo: 100))
    }

    @Test("a statement is named by what it does to which table", arguments: [
        ("select id from things where a = 1", "select things"), ("insert into outbox (id) values ($1)", "insert outbox"),
        ("update things set a = 1", "update things"), ("DELETE FROM things", "delete things"), ("COMMIT", "commit"), ("select 1", "select"), ("", ""),
        ("select count(*) from (select 1 from inner_table) as t", "select inner_table"), ("with x as (select 1 from a) select * from x", "with a"),
    ])
    func summary(sql: String, name: String) { #expect(Statement.once(sql).summary == name) }

    @Test("a statement and a batch are steps with the statements' texts, and none of their values")
    func statements() async throws {
        try await TestDatabase.with { database in
            try await database.pool.query(.once("create table things (id int, name text)"))
            let (root, spans) = try await spans {
                try await database.pool.query(Self.selection, [.text("a secret")])
                try await database.pool.run([(Self.selection, [.text("a secret")]), (.once("delete from things where name = 'another secret'"), [])])
                _ = await postgresError { try await database.pool.query(.once("select nothing from nowhere")) }
            }
            #expect(spans.map(\.name) == ["select things", "select things; delete things", "select nowhere"])
            #expect(spans.map(\.failure) == [nil, nil, "42P01"])
            #expect(spans.allSatisfy { $0.kind == .client && $0.parentID == root.spanID && $0.trace.traceID == root.traceID })
            #expect(!"\(spans)".contains("secret") && "\(spans[0].attributes)".contains("name = $1"))
            #expect(spans[0].attributes.contains { "\($0.name)" == "db.namespace" && $0.value == .string(database.name) })
        }
    }

    @Test("a transaction is a step with its statements and its commit below it; one that is undone has failed")
    func transactions() async throws {
        struct Refused: Error {}
        try await TestDatabase.with { database in
            try await database.pool.query(.once("create table things (id int, name text)"))
            let (_, kept) = try await spans {
                try await database.pool.withTransaction { _ = try await $0.query(Self.selection, [.text("a")]) }
                await #expect(throws: Refused.self) {
                    try await database.pool.withTransaction { _ = try await $0.query(Self.selection, [.text("a")]); throw Refused() }
                }
            }
            #expect(kept.map(\.name) == ["select things", "commit", "transaction", "select things", "transaction"])
            #expect(kept.prefix(2).allSatisfy { $0.parentID == kept[2].trace.spanID } && kept[3].parentID == kept[4].trace.spanID)
            #expect(kept[2].failure == nil && kept[4].failure == "Refused")
        }
    }
}
