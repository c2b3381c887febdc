import Broker
@testable import Events
import Kit
import Postgres
import Telemetry
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))   // each makes quorum queues and databases: many at once are slower than one after the other
struct RelayTests {
    @Test("a nudge after the commit brings the event out, with no poll", arguments: StoreKind.allCases)
    func nudge(_ kind: StoreKind) async throws {
        try await EventBench.with(kind) { bench in
            let seen = Seen()
            let relay = bench.relay { $0.pollMilliseconds = 60_000 }
            try await bench.running([relay, bench.consumer(Subscription("one", types: [EventBench.type]) { seen.add([$0]) })]) {
                try await bench.store.append([happened(1)])
                relay.nudge()
                #expect(await eventually { seen.numbers == [1] })
                let event = happened(2, to: "t", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                try await bench.store.append([event])
                relay.nudge()
                #expect(await eventually { seen.count == 2 })
                #expect(seen.all.last?.id == event.id && seen.all.last?.subject == "t" && seen.all.last?.traceparent == event.traceparent)
                #expect(try await eventually { try await bench.store.unpublished() == 0 })
            }
        }
    }

    @Test("what was rolled back is never told", arguments: StoreKind.allCases)
    func rollback(_ kind: StoreKind) async throws {
        try await EventBench.with(kind) { bench in
            let seen = Seen()
            try await bench.running([bench.relay(), bench.consumer(Subscription("one", types: [EventBench.type]) { seen.add([$0]) })]) {
                await #expect(throws: Rollback.self) { try await bench.store.append([happened(1)], failing: true) }
                try await bench.store.append([happened(2)])
                #expect(await eventually { seen.count > 0 })
                #expect(seen.numbers == [2])
            }
        }
    }

    @Test("writers at once: every event comes, and those of a subject in the order of its changes", arguments: StoreKind.allCases)
    func order(_ kind: StoreKind) async throws {
        try await EventBench.with(kind) { bench in
            let seen = Seen()
            let subscription = Subscription("one", types: [EventBench.type], batch: 10) { seen.add($0) }
            try await bench.running([bench.relay { $0.batch = 7 }, bench.consumer(subscription)]) {
                try await withThrowingTaskGroup { group in
                    for writer in 0..<6 {
                        group.addTask { for step in 0..<20 { try await bench.store.count("s\((writer + step) % 4)") } }
                    }
                    try await group.waitForAll()
                }
                #expect(await eventually(within: .seconds(20)) { seen.count >= 120 })
                #expect(seen.firstNumbers == ["s0": Array(1...30), "s1": Array(1...30), "s2": Array(1...30), "s3": Array(1...30)])
            }
        }
    }

    @Test("a row that is committed after rows with higher positions is not lost")
    func lateCommit() async throws {
        try await EventBench.with { bench in
            let store = try #require(bench.store as? PostgresBench)
            let seen = Seen()
            try await bench.running([bench.relay(), bench.consumer(Subscription("one", types: [EventBench.type]) { seen.add([$0]) })]) {
                try await store.pool.withTransaction { transaction in
                    try await Outbox.append(happened(1, to: "late"), in: transaction)
                    try await store.append([happened(2, to: "early")])
                    #expect(await eventually { seen.numbers == [2] })
                }
                #expect(await eventually { seen.numbers == [2, 1] })
            }
        }
    }

    @Test("of two relays one leads; when it goes the other goes on, and nothing is lost or out of order", arguments: StoreKind.allCases)
    func handover(_ kind: StoreKind) async throws {
        try await EventBench.with(kind) { bench in
            let seen = Seen()
            try await bench.running([bench.consumer(Subscription("one", types: [EventBench.type]) { seen.add([$0]) })]) {
                let first = bench.start(bench.relay { $0.batch = 3 })
                #expect(await eventually { bench.sink.lines.contains { $0.contains("the relay leads") } })
                let second = bench.start(bench.relay { $0.batch = 3 })
                let writing = Task { for _ in 0..<60 { try await bench.store.count("s") } }
                #expect(await eventually { seen.count > 10 })
                #expect(bench.sink.lines.count { $0.contains("the relay leads") } == 1)
                first.cancel()
                try await writing.value
                #expect(await eventually { Set(seen.numbers).count == 60 })
                #expect(seen.firstNumbers == ["s": Array(1...60)])
                #expect(bench.sink.lines.count { $0.contains("the relay leads") } == 2)
                second.cancel()
                try await first.value
                try await second.value
            }
        }
    }

    @Test("even two relays that both believe to lead do not change the order of first arrivals")
    func overlap() async throws {
        try await EventBench.with { bench in
            let seen = Seen()
            let unguarded = Unguarded(pool: try #require(bench.store as? PostgresBench).pool)
            let relays = (0..<2).map { _ in bench.relay({ $0.batch = 4 }, store: unguarded) }
            try await bench.running(relays + [bench.consumer(Subscription("one", types: [EventBench.type]) { seen.add([$0]) })]) {
                for step in 0..<80 { try await bench.store.count("s\(step % 3)") }
                #expect(await eventually { Set(seen.all.map(\.id)).count == 80 })
                #expect(seen.firstNumbers == ["s0": Array(1...27), "s1": Array(1...27), "s2": Array(1...26)])
            }
        }
    }

    @Test("while the broker is away writes go on, the backlog shows, and drains when it is back", arguments: StoreKind.allCases)
    func brokerAway(_ kind: StoreKind) async throws {
        let proxy = FaultyProxy(to: try BrokerConfiguration(url: TestStack.load().rabbitmq).port)
        defer { proxy.close() }
        try await EventBench.with(kind, brokerPort: proxy.port) { bench in
            let seen = Seen()
            let gauge = bench.metrics.gauge("outbox_unpublished", help: "Events that wait to be published.", labels: ["service"])
            let subscription = Subscription("one", types: [EventBench.type]) { seen.add([$0]) }
            try await bench.running([bench.relay { $0.measureEverySeconds = 0 }, bench.consumer(subscription)]) {
                try await bench.store.count("s")
                #expect(await eventually { seen.count == 1 })
                proxy.cut(refusing: true)
                for _ in 0..<30 { try await bench.store.count("s") }
                #expect(await eventually { gauge.value("test") == 30 })
                let waiting = try await bench.store.unpublished()
                #expect(waiting == 30)
                proxy.accept()
                #expect(await eventually { Set(seen.numbers).count == 31 })
                #expect(seen.firstNumbers == ["s": Array(1...31)])
                #expect(await eventually { gauge.value("test") == 0 })
            }
        }
    }

    @Test("an event whose confirm is lost is told again and has one effect", arguments: StoreKind.allCases)
    func lostConfirm(_ kind: StoreKind) async throws {
        let proxy = FaultyProxy(to: try BrokerConfiguration(url: TestStack.load().rabbitmq).port)
        defer { proxy.close() }
        try await EventBench.with(kind, brokerPort: proxy.port) { bench in
            let around = try BrokerConfiguration(url: TestStack.load().rabbitmq)
            let direct = EventBench(loops: bench.loops, store: bench.store, broker: around, topology: bench.topology)
            let (calls, fresh) = (Seen(), Seen())
            let subscription = Subscription("one", types: [EventBench.type]) { event in
                calls.add([event])
                if try await bench.store.effect(event) { fresh.add([event]) }
            }
            try await bench.running([bench.relay(), direct.consumer(subscription)]) {
                try await bench.store.append([happened(1)])
                #expect(await eventually { fresh.count == 1 })
                proxy.swallowAnswers(true)
                try await bench.store.append([happened(2)])
                #expect(await eventually { fresh.count == 2 })
                proxy.cut()
                proxy.swallowAnswers(false)
                #expect(await eventually { calls.count >= 3 })
                #expect(try await eventually { try await bench.store.unpublished() == 0 })
                #expect(fresh.numbers == [1, 2])
                let effects = try await bench.store.effects()
                #expect(effects == 2)
            }
        }
    }

    @Test("an event that nobody subscribes to is done with, and counted")
    func unroutable() async throws {
        try await EventBench.with { bench in
            let counter = bench.metrics.counter("outbox_unroutable_total", help: "Events published that no queue wanted.", labels: ["service"])
            try await bench.running([bench.relay()]) {
                try await bench.store.append([happened(1, type: "lyceum.test.unheard.v1")])
                #expect(try await eventually { try await bench.store.unpublished() == 0 })
                #expect(counter.value("test") == 1)
            }
        }
    }

    @Test("an event told before its consumer has ever run waits in the queue that was made for it")
    func declaredQueue() async throws {
        try await EventBench.with { bench in
            let seen = Seen()
            try await bench.running([bench.relay()]) {
                try await bench.store.append([happened(1)])
                #expect(try await eventually { try await bench.store.unpublished() == 0 })
            }
            try await bench.running([bench.consumer(Subscription("one", types: [EventBench.type]) { seen.add([$0]) })]) {
                #expect(await eventually { seen.numbers == [1] })
            }
        }
    }

    @Test("published rows and old inbox rows go after their time, unpublished ones never", arguments: StoreKind.allCases)
    func purge(_ kind: StoreKind) async throws {
        try await EventBench.with(kind) { bench in
            let relay = bench.relay {
                $0.retentionSeconds = 0
                $0.inboxRetentionSeconds = 0
                $0.purgeChunk = 2
                $0.purgeEverySeconds = 0
            }
            for number in 0..<5 { _ = try await bench.store.effect(happened(number)) }
            try await bench.store.append((0..<7).map { happened($0) })
            let before = try await bench.store.stored()
            #expect(before == 12)
            try await bench.running([relay]) {
                let isEmpty = try await eventually { try await bench.store.stored() == 0 }
                #expect(isEmpty)
            }
        }
    }
}

/// An outbox without a lock: every relay leads.
private struct Unguarded: OutboxStore {
    let pool: PostgresPool

    func lead(_ body: @escaping @Sendable (any OutboxLease) async throws -> Void) async throws -> Bool {
        try await pool.withConnection { session in
            try await body(PostgresOutboxLease(session: session))
            return true
        }
    }
}
