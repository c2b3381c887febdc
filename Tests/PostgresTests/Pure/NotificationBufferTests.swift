import Testing
@testable import Postgres

@Suite("What a listener has heard")
struct NotificationBufferTests {
    private func note(_ number: Int) -> PostgresNotification { PostgresNotification(channel: "c", payload: "\(number)", processID: 1) }

    @Test("notifications come in order")
    func order() {
        var buffer = NotificationBuffer(limit: 300)
        for number in 0..<200 { buffer.append(note(number)) }
        for number in 0..<200 { #expect(buffer.next() == .notification(note(number))) }
        #expect(buffer.next() == nil && buffer.isEmpty)
    }

    @Test("what does not fit becomes one gap, and what came before it is not told")
    func overflow() {
        var buffer = NotificationBuffer(limit: 2)
        for number in 0..<5 { buffer.append(note(number)) }
        #expect(buffer.next() == .gap)
        #expect(buffer.next() == nil)
        buffer.append(note(9))
        #expect(buffer.next() == .notification(note(9)))
    }

    @Test("a name is quoted as SQL wants it")
    func quoting() {
        #expect(Listener.quoted("outbox") == "\"outbox\"")
        #expect(Listener.quoted("a\"b; drop") == "\"a\"\"b; drop\"")
    }

    @Test("a lock's number follows from its name, in every process")
    func lockKey() {
        #expect(AdvisoryLock("").key == Int64(bitPattern: 0xcbf2_9ce4_8422_2325))
        #expect(AdvisoryLock("a").key == Int64(bitPattern: 0xaf63_dc4c_8601_ec8c))
    }
}

@Suite("What a migration run is to do")
struct MigrationPlanTests {
    private let steps = (1...3).map { Migration(number: $0, name: "step\($0)", sql: []) }
    private let sums = ["a", "b", "c"]

    @Test("what is missing, in order")
    func missing() throws {
        #expect(try MigrationPlan.pending(steps, sums, applied: []) == steps)
        #expect(try MigrationPlan.pending(steps, sums, applied: [.init(number: 1, name: "step1", checksum: "a")]).map(\.number) == [2, 3])
    }

    @Test("a newer, a changed or a holed schema is refused")
    func refused() {
        let all = [(1, "a"), (2, "b"), (3, "c"), (4, "d")].map { AppliedMigration(number: $0, name: "step\($0)", checksum: $1) }
        #expect(throws: MigrationError.unknown(number: 4, name: "step4")) { try MigrationPlan.pending(steps, sums, applied: all) }
        let changed = [AppliedMigration(number: 1, name: "step1", checksum: "x")]
        #expect(throws: MigrationError.changed(number: 1, name: "step1")) { try MigrationPlan.pending(steps, sums, applied: changed) }
        let renamed = [AppliedMigration(number: 1, name: "other", checksum: "a")]
        #expect(throws: MigrationError.changed(number: 1, name: "step1")) { try MigrationPlan.pending(steps, sums, applied: renamed) }
        #expect(throws: MigrationError.self) { try MigrationPlan.pending(steps, sums, applied: [all[1]]) }
        #expect(throws: MigrationError.self) { try MigrationPlan.pending([steps[0], steps[2]], ["a", "c"], applied: []) }
    }
}
