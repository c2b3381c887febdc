import Broker
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))   // each makes quorum queues and databases: many at once are slower than one after the other
struct PublisherTests {
    @Test("a published message is confirmed and in the queue when publish returns")
    func confirmed() async throws {
        try await Scratch.with { scratch in
            let publisher = scratch.publisher()
            let outcomes = try await publisher.send(scratch.messages(0..<500))
            #expect(outcomes == Array(repeating: .confirmed, count: 500))
            let depth = try await scratch.depth(of: scratch.queue)
            #expect(depth == QueueDepth(messages: 500, consumers: 0))
            await publisher.stop()
        }
    }

    @Test("a message that no queue wants is told apart, in its place")
    func unroutable() async throws {
        try await Scratch.with { scratch in
            let publisher = scratch.publisher()
            let mixed = scratch.messages(0..<2) + scratch.messages(2..<3, key: "unknown.thing") + scratch.messages(3..<4)
            let outcomes = try await publisher.send(mixed)
            #expect(outcomes == [.confirmed, .confirmed, .unroutable, .confirmed])
            await publisher.stop()
        }
    }

    @Test("many tasks publish at once and each gets its own answer")
    func concurrent() async throws {
        try await Scratch.with { scratch in
            let publisher = scratch.publisher()
            try await withThrowingTaskGroup(of: [PublishOutcome].self) { group in
                for number in 0..<50 {
                    let key = number % 5 == 0 ? "unknown.thing" : "known.thing"
                    group.addTask { try await publisher.publish(scratch.messages(number..<number + 1, key: key)) }
                }
                var counts = (confirmed: 0, unroutable: 0)
                for try await outcomes in group {
                    if outcomes == [.confirmed] { counts.confirmed += 1 }
                    if outcomes == [.unroutable] { counts.unroutable += 1 }
                }
                #expect(counts == (40, 10))
            }
            await publisher.stop()
        }
    }

    @Test("a large message arrives whole, with its properties and headers")
    func large() async throws {
        try await Scratch.with { scratch in
            let (publisher, consumer) = (scratch.publisher(), scratch.consumer())
            var message = scratch.messages(7..<8)[0]
            message.body = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            message.headers["list"] = .list([.int(1), .null, .double(2.5)])
            message.headers["nested"] = .table(["at": .timestamp(1_800_000_000), "raw": .bytes([0, 255])])
            try await publisher.publish([message])
            let delivery = try #require(await consumer.next(upTo: 5).first)
            #expect(delivery.message.body == message.body)
            #expect(delivery.message.headers == message.headers)
            #expect(delivery.message.messageID == message.messageID && delivery.message.type == "test")
            #expect(delivery.message.routingKey == "known.thing" && delivery.message.exchange == scratch.exchange)
            delivery.ack()
            await consumer.stop()
            await publisher.stop()
        }
    }

    @Test("what AMQP cannot carry is refused before it is sent")
    func invalid() async throws {
        try await Scratch.with { scratch in
            let publisher = scratch.publisher()
            let tooLong = scratch.messages(0..<1, key: String(repeating: "k", count: 256))
            await #expect { try await publisher.publish(tooLong) } throws: { ($0 as? BrokerError)?.kind == .invalid }
            let outcomes = try await publisher.send(scratch.messages(0..<1))
            #expect(outcomes == [.confirmed])
            await publisher.stop()
        }
    }

    @Test("a broker that is not there fails a publish with an error worth another try")
    func unreachable() async throws {
        let scratch = try Scratch(port: freePort())
        let publisher = scratch.publisher()
        await #expect { try await publisher.publish(scratch.messages(0..<1)) } throws: { ($0 as? BrokerError)?.isRetriable == true }
        #expect(!publisher.isConnected)
        await publisher.stop()
        await #expect { try await publisher.publish(scratch.messages(0..<1)) } throws: { ($0 as? BrokerError)?.kind == .stopped }
    }

    @Test("more than may wait is refused at once")
    func overloaded() async throws {
        let scratch = try Scratch(port: freePort())
        var configuration = scratch.configuration
        configuration.publishQueueLimit = 10
        let publisher = Publisher(configuration, log: scratch.log)
        await #expect { try await publisher.publish(scratch.messages(0..<11)) } throws: { ($0 as? BrokerError)?.kind == .overloaded }
        await publisher.stop()
    }

    @Test("a wrong password is told as the broker tells it")
    func password() async throws {
        var configuration = try BrokerConfiguration(url: TestStack.load().rabbitmq)
        configuration.password = "wrong"
        let broker = BrokerOperator(configuration)
        await #expect { try await broker.depth(of: "any") } throws: { ($0 as? BrokerError)?.kind == .refused }
    }
}
