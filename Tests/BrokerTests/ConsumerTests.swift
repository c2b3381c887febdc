import Broker
import Loop
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))   // each makes quorum queues and databases: many at once are slower than one after the other
struct ConsumerTests {
    @Test("messages come in the order in which they were published, and leave the queue when acknowledged")
    func order() async throws {
        try await Scratch.with { scratch in
            let (publisher, consumer) = (scratch.publisher(), scratch.consumer())
            try await publisher.publish(scratch.messages(0..<300))
            #expect(await consumer.takeAndAck(300) == (0..<300).map(String.init))
            await consumer.stop()
            // The broker counts a consumer that has gone for a moment.
            #expect(try await eventually { try await scratch.depth(of: scratch.queue) == QueueDepth(messages: 0, consumers: 0) })
            await publisher.stop()
        }
    }

    @Test("no more messages than the prefetch are out at once")
    func prefetch() async throws {
        try await Scratch.with { scratch in
            let (publisher, consumer) = (scratch.publisher(), scratch.consumer(prefetch: 5))
            try await publisher.publish(scratch.messages(0..<50))
            #expect(await consumer.takeAndAck(1) == ["0"])
            #expect(try await eventually { try await scratch.depth(of: scratch.queue)?.messages == 44 })
            var held: [Delivery] = []
            while held.count < 5 { held += await consumer.next(upTo: 50) }
            #expect(held.map(\.text) == ["1", "2", "3", "4", "5"])
            let depth = try await scratch.depth(of: scratch.queue)?.messages
            #expect(depth == 44)
            for delivery in held { delivery.ack() }
            #expect(await consumer.takeAndAck(44).count == 44)
            await consumer.stop()
            await publisher.stop()
        }
    }

    @Test("until a message has proved harmless a consumer has one message at a time")
    func slowStart() async throws {
        try await Scratch.with { scratch in
            let (publisher, consumer) = (scratch.publisher(), scratch.consumer(prefetch: 50))
            try await publisher.publish(scratch.messages(0..<20))
            let first = await consumer.next(upTo: 50)
            #expect(first.map(\.text) == ["0"])
            let depth = try await scratch.depth(of: scratch.queue)?.messages
            #expect(depth == 19)
            first[0].ack()
            #expect(await consumer.takeAndAck(19) == (1..<20).map(String.init))
            await consumer.stop()
            await publisher.stop()
        }
    }

    @Test("a message given back comes again before the others, and says how often it came")
    func redelivery() async throws {
        try await Scratch.with { scratch in
            let (publisher, consumer) = (scratch.publisher(), scratch.consumer(prefetch: 1))
            try await publisher.publish(scratch.messages(0..<2))
            let first = try #require(await consumer.next(upTo: 1).first)
            #expect(first.message.deliveryCount == 0 && !first.message.isRedelivered)
            first.nack(requeue: true)
            let second = try #require(await consumer.next(upTo: 1).first)
            #expect(second.text == "0" && second.message.deliveryCount == 1 && second.message.isRedelivered)
            second.ack()
            #expect(await consumer.takeAndAck(1) == ["1"])
            await consumer.stop()
            await publisher.stop()
        }
    }

    @Test("a message that comes back too often dies, and can be taken back to life")
    func deadLetters() async throws {
        try await Scratch.with { scratch in
            let (publisher, consumer, broker) = (scratch.publisher(), scratch.consumer(prefetch: 1), try scratch.brokerOperator)
            try await publisher.publish(scratch.messages(0..<2))
            for count in 0...2 {
                let delivery = try #require(await consumer.next(upTo: 1).first)
                #expect(delivery.text == "0" && delivery.message.deliveryCount == count)
                delivery.nack(requeue: true)
            }
            #expect(await consumer.takeAndAck(1) == ["1"])
            let grave = "\(scratch.queue).dead"
            #expect(try await eventually { try await scratch.depth(of: grave)?.messages == 1 })
            let dead = try #require(try await broker.peek(grave, limit: 10).first)
            #expect(dead.messageID == "\(scratch.queue)-0" && dead.originalQueue == scratch.queue)
            #expect(dead.deaths.map(\.reason) == ["delivery_limit"] && dead.deaths.map(\.queue) == [scratch.queue])

            let moved = try await scratch.redrive(grave) { $0.messageID == "another" }
            #expect(moved == 0)
            #expect(try await eventually { try await scratch.depth(of: grave)?.messages == 1 })
            let moved2 = try await scratch.redrive(grave) { $0.messageID == dead.messageID }
            #expect(moved2 == 1)
            let again = try #require(await consumer.next(upTo: 1).first)
            #expect(again.text == "0" && again.message.deliveryCount == 0 && again.message.deaths.isEmpty)
            #expect(again.message.headers["text"] == .text("é"))
            again.ack()
            let depth = try await scratch.depth(of: grave)?.messages
            #expect(depth == 0)
            await consumer.stop()
            await publisher.stop()
        }
    }

    @Test("what is discarded is told before it is gone, the rest stays")
    func discarded() async throws {
        try await Scratch.with { scratch in
            let (publisher, consumer, broker) = (scratch.publisher(), scratch.consumer(), try scratch.brokerOperator)
            try await publisher.publish(scratch.messages(0..<5))
            for _ in 0..<5 { try #require(await consumer.next(upTo: 1).first).nack(requeue: false) }
            let (grave, told) = ("\(scratch.queue).dead", Locked<[String]>([]))
            #expect(try await eventually { try await scratch.depth(of: grave)?.messages == 5 })
            let removed = try await broker.discard(grave, limit: 2, where: { $0.messageID?.hasSuffix("-0") == false }, removing: { message in
                told.withLock { $0.append(message.messageID ?? "") }
            })
            #expect(removed == 2 && told.withLock { $0 } == ["\(scratch.queue)-1", "\(scratch.queue)-2"])
            #expect(try await eventually { try await scratch.depth(of: grave)?.messages == 3 })
            let left = try await broker.peek(grave, limit: 10).compactMap(\.messageID)
            #expect(Set(left) == ["\(scratch.queue)-0", "\(scratch.queue)-3", "\(scratch.queue)-4"])
            await consumer.stop()
            await publisher.stop()
        }
    }

    @Test("a message that takes its consumer down each time dies alone: those that were handed out with it live")
    func crashes() async throws {
        try await Scratch.with { scratch in
            let publisher = scratch.publisher()
            try await publisher.publish(scratch.messages(0..<30))
            var handled: Set<String> = []   // an acknowledgement may go down with its consumer
            for _ in 0..<6 {
                let consumer = scratch.consumer(prefetch: 20)
                var isDown = false
                while !isDown, handled.count < 29, !Task.isCancelled {
                    for delivery in await consumer.next(upTo: 5) {
                        isDown = isDown || delivery.text == "12"
                        if !isDown { handled.insert(delivery.text); delivery.ack() }
                    }
                }
                await consumer.stop(graceMilliseconds: isDown ? 0 : 5_000)   // without grace: as if the process were gone
                if handled.count == 29 || Task.isCancelled { break }
            }
            #expect(handled == Set((0..<30).filter { $0 != 12 }.map(String.init)))
            #expect(try await eventually { try await scratch.depth(of: "\(scratch.queue).dead")?.messages == 1 })
            let dead = try await scratch.brokerOperator.peek("\(scratch.queue).dead", limit: 5)
            #expect(dead.map(\.messageID) == ["\(scratch.queue)-12"])
            await publisher.stop()
        }
    }

    @Test("a rejected message dies at once")
    func rejected() async throws {
        try await Scratch.with { scratch in
            let (publisher, consumer) = (scratch.publisher(), scratch.consumer())
            try await publisher.publish(scratch.messages(0..<1))
            try #require(await consumer.next(upTo: 1).first).nack(requeue: false)
            #expect(try await eventually { try await scratch.depth(of: "\(scratch.queue).dead")?.messages == 1 })
            await consumer.stop()
            await publisher.stop()
        }
    }

    @Test("a stop waits for what is being handled and gives back what nobody took")
    func drain() async throws {
        try await Scratch.with { scratch in
            let (publisher, consumer) = (scratch.publisher(), scratch.consumer())
            try await publisher.publish(scratch.messages(0..<8))
            #expect(await consumer.takeAndAck(1) == ["0"])
            var handled = await consumer.next(upTo: 1)
            let stopping = Task { await consumer.stop() }
            while case let more = await consumer.next(upTo: 1), !more.isEmpty { handled += more }   // empty: the stop has begun
            let depth = try await scratch.depth(of: scratch.queue)
            #expect(depth?.messages == 0)
            for delivery in handled { delivery.ack() }
            await stopping.value
            #expect(try await eventually { try await scratch.depth(of: scratch.queue) == QueueDepth(messages: 7 - handled.count, consumers: 0) })
            await publisher.stop()
        }
    }

    @Test("a stop does not wait longer than its grace for a handler that hangs, whose message goes back")
    func grace() async throws {
        try await Scratch.with { scratch in
            let (publisher, consumer) = (scratch.publisher(), scratch.consumer())
            try await publisher.publish(scratch.messages(0..<1))
            let held = await consumer.next(upTo: 1)
            await consumer.stop(graceMilliseconds: 100)
            #expect(try await eventually { try await scratch.depth(of: scratch.queue) == QueueDepth(messages: held.count, consumers: 0) })
            await publisher.stop()
        }
    }

    @Test("a task that is cancelled while it waits goes on without a message")
    func cancellation() async throws {
        try await Scratch.with { scratch in
            let consumer = scratch.consumer()
            let waiting = Task { await consumer.next(upTo: 1) }
            waiting.cancel()
            #expect(await waiting.value.isEmpty)
            await consumer.stop()
        }
    }

    @Test("of two consumers one gets everything, in order, and the other takes over when it goes")
    func singleActive() async throws {
        try await Scratch.with { scratch in
            let publisher = scratch.publisher()
            let first = scratch.consumer(prefetch: 1)
            #expect(await eventually { first.isConnected })
            let second = scratch.consumer(prefetch: 1)
            try await publisher.publish(scratch.messages(0..<20))
            #expect(await first.takeAndAck(20) == (0..<20).map(String.init))
            await first.stop()
            try await publisher.publish(scratch.messages(20..<30))
            #expect(await second.takeAndAck(10) == (20..<30).map(String.init))
            await second.stop()
            await publisher.stop()
        }
    }
}
