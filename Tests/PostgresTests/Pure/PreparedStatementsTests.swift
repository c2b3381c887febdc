import Testing
@testable import Postgres

@Suite("What a connection has prepared")
struct PreparedStatementsTests {
    @Test("a statement is prepared once, and again for parameters of other types")
    func variants() throws {
        var prepared = PreparedStatements()
        guard case .new(let first) = prepared.use(1, [.int8(1), .text("a")]) else { Issue.record("not new"); return }
        #expect(prepared.use(1, [.int8(2), .text("b")]) == .ready(first))
        #expect(prepared.use(1, [.null, .null]) == .ready(first))
        #expect(prepared.use(1, [.text("3"), .text("b")]) == .ready(first))
        guard case .new(let second) = prepared.use(1, [.int4(2), .text("b")]) else { Issue.record("not new"); return }
        #expect(first.name != second.name)
        guard case .new = prepared.use(1, [.int8(2)]) else { Issue.record("not new"); return }
        #expect(prepared.count == 3)
    }

    @Test("NULL alone says nothing of a type: the value that comes later is prepared with its own")
    func nullFirst() {
        var prepared = PreparedStatements()
        guard case .new(let first) = prepared.use(1, [.null]) else { Issue.record("not new"); return }
        guard case .new(let second) = prepared.use(1, [.int8(1)]) else { Issue.record("not new"); return }
        #expect(first != second)
        #expect(prepared.use(1, [.int8(5)]) == .ready(second))
    }

    @Test("what was refused is prepared anew, what was dropped too")
    func forget() {
        var prepared = PreparedStatements()
        guard case .new(let first) = prepared.use(1, []) else { Issue.record("not new"); return }
        prepared.forget(first)
        #expect(prepared.count == 0)
        guard case .new(let second) = prepared.use(1, []) else { Issue.record("not new"); return }
        prepared.forget(first)   // late news of the old one
        #expect(prepared.use(1, []) == .ready(second))
        prepared.forgetAll()
        guard case .new(let third) = prepared.use(1, []) else { Issue.record("not new"); return }
        #expect(third.name != second.name)
    }

    @Test("no number of texts makes a connection hold more than its limit")
    func bounded() {
        var prepared = PreparedStatements()
        for id in 0..<2000 { _ = prepared.use(id, []) }
        #expect(prepared.count == PreparedStatements.limit)
        #expect(prepared.use(1999, []) == .unprepared)
        #expect(prepared.use(nil, []) == .unprepared)
        var types = PreparedStatements()
        for number in 0..<20 { _ = types.use(1, Array(repeating: .int4(1), count: number)) }
        #expect(types.count == PreparedStatements.variantLimit)
    }

    @Test("equal texts are one statement, a text made at run time is none")
    func registry() {
        #expect(Statement("select 'registry'").id == Statement("select 'registry'", isReadOnly: true).id)
        #expect(Statement("select 'registry'").id != Statement("select 'registry' ").id)
        #expect(Statement.once("select 'registry'").id == nil)
        #expect(Statement("select 1", mayLag: true).isReadOnly)
        var registry = StatementRegistry()
        for number in 0..<(StatementRegistry.limit + 10) { _ = registry.id(of: "\(number)") }
        #expect(registry.id(of: "one more") == nil)
        #expect(registry.id(of: "7") == 7)
    }
}
