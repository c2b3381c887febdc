import Testing
@testable import Postgres

@Suite("The order of a connection's answers")
struct PipelineQueueTests {
    private typealias Queue = PipelineQueue<String, Int>

    private func batch(_ waiter: String, _ expected: Int = 1, limit: UInt64 = 100) -> Queue.Entry {
        Queue.Entry(.batch, expected: expected, limit: limit, waiter: waiter)
    }

    @Test("answers go to those who asked, in order")
    func order() throws {
        var queue = Queue()
        _ = queue.append(batch("a", 2), now: 0)
        _ = queue.append(batch("b"), now: 0)
        queue.receive(1)
        queue.receive(2)
        let ended = queue.synchronize(now: 1)
        let first = try #require(ended)
        queue.receive(3)
        let next = queue.synchronize(now: 2)
        let second = try #require(next)
        #expect(first.waiter == "a" && first.answers == [1, 2])
        #expect(second.waiter == "b" && second.answers == [3])
        #expect(queue.isEmpty && queue.synchronize(now: 3) == nil)
    }

    @Test("only the first failure of an entry counts, and it stays in its entry")
    func failure() throws {
        var queue = Queue()
        _ = queue.append(batch("a", 3), now: 0)
        _ = queue.append(batch("b"), now: 0)
        queue.receive(1)
        queue.receive(failure: PostgresError(.server, "first"))
        queue.receive(failure: PostgresError(.server, "second"))
        #expect(queue.synchronize(now: 1)?.failure?.message == "first")
        queue.receive(2)
        #expect(queue.synchronize(now: 1)?.failure == nil)
    }

    @Test("who has gone is not told, and the answers of others do not move")
    func forget() throws {
        var queue = Queue()
        for number in 0..<100 {
            let sequence = queue.append(batch("\(number)"), now: 0)
            if number % 2 == 0 { #expect(queue.forget(sequence) == "\(number)") }
            #expect(queue.forget(sequence + 1) == nil)
        }
        for number in 0..<100 {
            queue.receive(number)
            let ended = queue.synchronize(now: 1)
            let entry = try #require(ended)
            #expect(entry.answers == [number])
            #expect(entry.waiter == (number % 2 == 0 ? nil : "\(number)"))
        }
        #expect(queue.forget(3) == nil)
    }

    @Test("a number stays its entry's own while others come and go")
    func sequence() {
        var queue = Queue()
        _ = queue.append(batch("a"), now: 0)
        for number in 0..<500 {
            let sequence = queue.append(batch("\(number)"), now: 0)
            _ = queue.synchronize(now: 0)
            #expect(queue.forget(sequence) == "\(number)")
            _ = queue.append(batch("x"), now: 0)
            _ = queue.synchronize(now: 0)
        }
    }

    @Test("who waits too long is told once; the entry stays until it is answered")
    func deadlines() {
        var queue = Queue()
        _ = queue.append(batch("a", limit: 100), now: 0)
        _ = queue.append(batch("b", limit: 0), now: 0)
        _ = queue.append(batch("c", limit: 50), now: 60)
        #expect(!queue.isOverdue(now: 99, grace: 100))
        #expect(queue.expire(now: 99) == [])
        #expect(queue.isOverdue(now: 110, grace: 100))
        #expect(queue.expire(now: 110) == ["a", "c"])
        #expect(queue.expire(now: 111) == [])
        #expect(!queue.isOverdue(now: 111, grace: 100))
        #expect(queue.count == 3)
        #expect(queue.isAwaited)
        _ = queue.forget(1)
        #expect(!queue.isAwaited)
    }

    @Test("a connection is stuck when the entry at its head gets no answer, not when the line is long")
    func stuck() {
        var queue = Queue()
        for _ in 0..<3 { _ = queue.append(batch("a", limit: 100), now: 0) }
        #expect(!queue.isStuck(now: 110, grace: 10))
        _ = queue.synchronize(now: 110)
        #expect(!queue.isStuck(now: 220, grace: 10))
        #expect(queue.isStuck(now: 221, grace: 10) && queue.isOverdue(now: 221, grace: 10))
        _ = queue.drain()
        #expect(!queue.isStuck(now: 10_000, grace: 10))
        #expect(queue.isEmpty)
    }
}
