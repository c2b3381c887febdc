import Broker
import Events
import JSON
import Kit
import Loop
import Postgres
import Telemetry
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))   // each makes quorum queues and databases: many at once are slower than one after the other
struct EventConsumerTests {
    struct Broken: Error {}

    @Test("an event whose handler fails comes again until it is dealt with, before the ones after it")
    func failure() async throws {
        try await EventBench.with { bench in
            let (calls, done) = (Seen(), Seen())
            let subscription = Subscription("one", types: [EventBench.type]) { event in
                calls.add([event])
                if event.number == 1, calls.numbers.count(where: { $0 == 1 }) < 3 { throw Broken() }
                done.add([event])
            }
            try await bench.running([bench.consumer(subscription)]) {
                try await bench.publish((0..<4).map { happened($0) })
                #expect(await eventually { done.count == 4 })
                #expect(done.numbers == [0, 1, 2, 3])
                #expect(calls.numbers == [0, 1, 1, 1, 2, 3])
            }
        }
    }

    @Test("a poison event lies dead after its attempts, the others go on; redriven, it is dealt with")
    func poison() async throws {
        try await EventBench.with { bench in
            let (calls, done, isMended) = (Seen(), Seen(), Locked(false))
            let subscription = Subscription("one", types: [EventBench.type]) { event in
                calls.add([event])
                if event.number == 1, !isMended.withLock({ $0 }) { throw Broken() }
                done.add([event])
            }
            let poison = happened(1)
            try await bench.running([bench.consumer(subscription) { $0.attempts = 3 }]) {
                try await bench.publish([happened(0), poison, happened(2)])
                #expect(await eventually { done.numbers == [0, 2] })
                #expect(calls.numbers == [0, 1, 1, 1, 2])
                let dead = DeadLetters(bench.broker, topology: bench.topology)
                #expect(try await eventually { try await dead.depth(bench.queue)?.dead == 1 })
                let letter = try #require(try await dead.list(bench.queue).first)
                #expect(letter.id == poison.id.description && letter.subject == "s" && letter.type == EventBench.type && letter.reason == "rejected")
                #expect(bench.sink.lines.contains { $0.contains("an event is dead") && $0.contains(poison.id.description) })

                #expect(try await dead.redrive(bench.queue, DeadLetterFilter(id: "another")) == 0)
                #expect(try await dead.redrive(bench.queue, DeadLetterFilter(type: "lyceum.another.v1")) == 0)
                isMended.withLock { $0 = true }
                let meant = DeadLetterFilter(id: poison.id.description, type: EventBench.type)
                #expect(try await eventually { try await dead.redrive(bench.queue, meant, by: "a person") == 1 })
                #expect(await eventually { done.numbers == [0, 2, 1] })
                #expect(await eventually { bench.sink.lines.contains { $0.contains("event handled") && $0.contains("\"redrivenBy\":\"a person\"") } })
                #expect(try await eventually { try await dead.depth(bench.queue)?.dead == 0 })
            }
        }
    }

    @Test("all dead events can be redriven at once")
    func redriveAll() async throws {
        try await EventBench.with { bench in
            let (done, isMended) = (Seen(), Locked(false))
            let subscription = Subscription("one", types: [EventBench.type]) { event in
                guard isMended.withLock({ $0 }) else { throw Broken() }
                done.add([event])
            }
            try await bench.running([bench.consumer(subscription) { $0.attempts = 1 }]) {
                try await bench.publish((0..<5).map { happened($0) })
                let dead = DeadLetters(bench.broker, topology: bench.topology)
                #expect(try await eventually { try await dead.depth(bench.queue)?.dead == 5 })
                isMended.withLock { $0 = true }
                let moved = try await dead.redrive(bench.queue)
                #expect(moved == 5)
                #expect(await eventually { Set(done.numbers) == [0, 1, 2, 3, 4] })
            }
        }
    }

    @Test("a message that is no event, or of a version that nobody here knows, is dead at once, and what a handler no longer wants is dropped")
    func malformed() async throws {
        try await EventBench.with { bench in
            let done = Seen()
            func raw(_ text: String, _ id: String) -> OutgoingMessage {
                OutgoingMessage(exchange: bench.topology.exchange, routingKey: EventBench.type, body: Array(text.utf8), messageID: id)
            }
            try await bench.running([bench.consumer(Subscription("one", types: [EventBench.type]) { done.add([$0]) })]) {
                let other = happened(7, type: "lyceum.test.other.v1").jsonBuffer.text
                let newer = happened(8, type: String(EventBench.type.dropLast()) + "2").jsonBuffer.text
                let extended = happened(2).jsonBuffer.text.replacing("\"specversion\"", with: "\"tracestate\":\"a=b\",\"specversion\"")
                try await bench.publish([raw("not JSON", "a"), raw("{\"specversion\":\"1.0\"}", "b"), raw(other, "c"), raw(newer, "d"), raw(extended, "e")])
                try await bench.publish([happened(1)])
                #expect(await eventually { done.numbers == [2, 1] })
                let dead = DeadLetters(bench.broker, topology: bench.topology)
                #expect(try await eventually { try await dead.depth(bench.queue)?.dead == 3 })
                let ids = try await dead.list(bench.queue).map(\.id)
                #expect(Set(ids) == ["a", "b", "d"])
            }
        }
    }

    @Test("an event that comes twice has one effect", arguments: StoreKind.allCases)
    func doubled(_ kind: StoreKind) async throws {
        try await EventBench.with(kind) { bench in
            let (calls, fresh) = (Seen(), Seen())
            let subscription = Subscription("one", types: [EventBench.type], concurrency: 4) { event in
                if try await bench.store.effect(event) { fresh.add([event]) }
                calls.add([event])
            }
            try await bench.running([bench.consumer(subscription)]) {
                let events = (0..<10).map { happened($0) }
                try await bench.publish(events + events.reversed())
                #expect(await eventually { calls.count >= 20 })
                let effects = try await bench.store.effects()
                #expect(effects == 10 && fresh.count == 10)
            }
        }
    }

    @Test("a batch of events is remembered in one statement, the known ones left out")
    func batchInbox() async throws {
        try await EventBench.with { bench in
            let store = try #require(bench.store as? PostgresBench)
            let events = (0..<4).map { happened($0) }
            let first = try await store.pool.withTransaction { try await Inbox.insert([events[0], events[2]], consumer: "one", in: $0) }
            #expect(first.map(\.number) == [0, 2])
            let second = try await store.pool.withTransaction { try await Inbox.insert(events + [events[3]], consumer: "one", in: $0) }
            #expect(second.map(\.number) == [1, 3])
            let other = try await store.pool.withTransaction { try await Inbox.insert(events, consumer: "two", in: $0) }
            #expect(other.map(\.number) == [0, 1, 2, 3])
        }
    }

    @Test("a batch handler gets several at once, in order, and one bad event does not take the others with it")
    func batches() async throws {
        try await EventBench.with { bench in
            let (done, sizes) = (Seen(), Locked<[Int]>([]))
            let subscription = Subscription("one", types: [EventBench.type], batch: 20) { events in
                if events.contains(where: { $0.number == 33 }) { throw Broken() }
                sizes.withLock { $0.append(events.count) }
                done.add(events)
            }
            try await bench.publish((0..<100).map { happened($0) })
            try await bench.running([bench.consumer(subscription) { $0.attempts = 2 }]) {
                #expect(await eventually { done.count == 99 })
                #expect(done.numbers == Array(0..<33) + Array(34..<100))
                let largest = sizes.withLock { $0.max() ?? 0 }
                #expect(largest > 5)
                let dead = DeadLetters(bench.broker, topology: bench.topology)
                let isOneDead = try await eventually { try await dead.depth(bench.queue)?.dead == 1 }
                #expect(isOneDead)
            }
        }
    }

    @Test("the handler runs in the trace of its event, and a line says what was handled")
    func trace() async throws {
        try await EventBench.with { bench in
            let traces = Locked<[String]>([])
            let subscription = Subscription("one", types: [EventBench.type]) { (_: Event) in
                traces.withLock { $0.append(Trace.current?.traceparent ?? "") }
            }
            let traceID = "0af7651916cd43dd8448eb211c80319c"
            let event = happened(1, traceparent: "00-\(traceID)-b7ad6b7169203331-01")
            try await bench.running([bench.consumer(subscription)]) {
                try await bench.publish([event])
                #expect(await eventually { bench.sink.lines.contains { $0.contains("event handled") } })
            }
            let trace = try #require(traces.withLock { $0.first })
            #expect(trace.contains(traceID) && !trace.contains("b7ad6b7169203331"))
            let line = try #require(bench.sink.lines.first { $0.contains("event handled") })
            for part in [traceID, event.id.description, EventBench.type, bench.queue, "\"subject\":\"s\""] { #expect(line.contains(part)) }
        }
    }

    @Test("what is not there now is waited for and does not count against the event")
    func retryLater() async throws {
        try await EventBench.with { bench in
            let (calls, done) = (Seen(), Seen())
            let subscription = Subscription("one", types: [EventBench.type]) { event in
                calls.add([event])
                if calls.count < 12 { throw RetryLater("the index") }
                done.add([event])
            }
            try await bench.running([bench.consumer(subscription) { $0.attempts = 2 }]) {
                try await bench.publish([happened(1)])
                #expect(await eventually { done.numbers == [1] })
                #expect(calls.count == 12)
            }
        }
    }

    @Test("a consumer that is stopped lets its handler end and acknowledges; the rest waits for the next")
    func stop() async throws {
        try await EventBench.with { bench in
            let (begun, done, later) = (Seen(), Seen(), Seen())
            let gate = Locked(false)
            let subscription = Subscription("one", types: [EventBench.type]) { (event: Event) in
                begun.add([event])
                while !gate.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
                done.add([event])
            }
            try await bench.publish((0..<3).map { happened($0) })
            let running = bench.start(bench.consumer(subscription))
            #expect(await eventually { begun.count == 1 })
            running.cancel()
            gate.withLock { $0 = true }
            try await running.value
            #expect(done.numbers == [0])
            try await bench.running([bench.consumer(Subscription("one", types: [EventBench.type]) { later.add([$0]) })]) {
                #expect(await eventually { later.count == 2 })
                #expect(later.numbers == [1, 2])
            }
        }
    }

    @Test("a handler that hangs is given up after the grace, and its event comes again")
    func grace() async throws {
        try await EventBench.with { bench in
            let (begun, later) = (Seen(), Seen())
            let subscription = Subscription("one", types: [EventBench.type]) { (event: Event) in
                begun.add([event])
                try await Task.sleep(for: .seconds(600))
            }
            try await bench.publish([happened(0)])
            let running = bench.start(bench.consumer(subscription, graceMilliseconds: 50))
            #expect(await eventually { begun.count == 1 })
            running.cancel()
            try await running.value
            try await bench.running([bench.consumer(Subscription("one", types: [EventBench.type]) { later.add([$0]) })]) {
                #expect(await eventually { later.numbers == [0] })
            }
        }
    }

    @Test("a connection that is cut again and again loses nothing, doubles no effect and keeps the order")
    func cuts() async throws {
        let proxy = FaultyProxy(to: try BrokerConfiguration(url: TestStack.load().rabbitmq).port)
        defer { proxy.close() }
        try await EventBench.with(brokerPort: proxy.port, deliveryLimit: 100) { bench in
            let fresh = Seen()
            let subscription = Subscription("one", types: [EventBench.type]) { event in
                if try await bench.store.effect(event) { fresh.add([event]) }
            }
            try await bench.running([bench.relay { $0.batch = 10 }, bench.consumer(subscription)]) {
                for step in 0..<120 {
                    try await bench.store.count("s\(step % 3)")
                    // Now and then before what came back from the last cut is dealt with.
                    if step % 20 > 16 { proxy.cut() }
                }
                #expect(await eventually(within: .seconds(20)) { fresh.count == 120 })
                #expect(fresh.firstNumbers == ["s0": Array(1...40), "s1": Array(1...40), "s2": Array(1...40)])
                let effects = try await bench.store.effects()
                #expect(effects == 120)
            }
        }
    }
}
