import Telemetry

/// The step of a trace that asks the database: the statements' names and texts, which have places for values and never the values.
struct StatementSpan {
    private let span: ActiveSpan

    /// Nil when nobody keeps the task's trace.
    init?(_ batch: [(Statement, [Parameter])], _ settings: ConnectionSettings) {
        guard var span = ActiveSpan.begin(.client, batch.map(\.0.summary).joined(separator: "; ")) else { return nil }
        span.set("db.system.name", .string("postgresql"))
        span.set("db.namespace", .string(settings.database))
        if batch.count > 1 { span.set("db.operation.batch.size", .int(batch.count)) }
        // A text that is made at run time is not told: there is no saying what is in it.
        let texts = batch.compactMap { $0.0.id == nil ? nil : $0.0.sql }
        if !texts.isEmpty { span.set("db.query.text", .string(texts.joined(separator: "; "))) }
        if let host = settings.hosts.first {
            span.set("server.address", .string(host.name))
            span.set("server.port", .int(Int(host.port) ?? 5432))
        }
        self.span = span
    }

    /// What came of it.
    func end<R>(_ outcome: Result<R, PostgresError>) {
        guard case .failure(let error) = outcome else { return span.end() }
        span.end(failure: error.word)
    }
}

extension PostgresError {
    /// The error in a word.
    var word: String { sqlState ?? kind.rawValue }
}

extension Statement {
    /// What it does to which table, as far as a glance tells: `select courses`, `insert outbox`, `commit`.
    var summary: String {
        let words = sql.split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "(" || $0 == ")" || $0 == "," || $0 == ";" }
        guard let verb = words.first?.lowercased() else { return "" }
        if verb == "update", words.count > 1 { return "update \(words[1])" }
        for (word, next) in zip(words, words.dropFirst()) where ["from", "into"].contains(word.lowercased()) {
            if next.lowercased() != "select" { return "\(verb) \(next)" }
        }
        return verb
    }
}
