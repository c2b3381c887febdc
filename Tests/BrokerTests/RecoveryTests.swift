import Loop
import TestKit
import Testing

@testable import Broker

@Suite(.serialized, .timeLimit(.minutes(2)))   // each makes quorum queues and databases: many at once are slower than one after the other
struct RecoveryTests {
    private func withProxy(_ body: (Scratch, FaultyProxy) async throws -> Void) async throws {
        let proxy = FaultyProxy(to: try BrokerConfiguration(url: TestStack.load().rabbitmq).port)
        defer { proxy.close() }
        try await Scratch.with(port: proxy.port) { try await body($0, proxy) }
    }

    @Test("a publish whose confirm is lost with the connection fails, and the next one works")
    func lostConfirm() async throws {
        try await withProxy { scratch, proxy in
            let publisher = scratch.publisher()
            try await publisher.publish(scratch.messages(0..<1))
            proxy.swallowAnswers(true)
            let publishing = Task { try await publisher.publish(scratch.messages(1..<2)) }
            #expect(try await eventually { try await scratch.depth(of: scratch.queue)?.messages == 2 })
            proxy.cut()
            proxy.swallowAnswers(false)
            await #expect { _ = try await publishing.value } throws: { ($0 as? BrokerError)?.isRetriable == true }
            #expect(await eventually { (try? await publisher.publish(scratch.messages(1..<2))) == [.confirmed] })
            await publisher.stop()
        }
    }

    @Test("a confirm that does not come within its time fails the publish")
    func lateConfirm() async throws {
        try await withProxy { scratch, proxy in
            var configuration = scratch.configuration
            configuration.confirmTimeoutMilliseconds = 2_000
            let publisher = Publisher(configuration, topology: scratch.topology(), log: scratch.log)
            #expect(await eventually { (try? await publisher.publish(scratch.messages(0..<1))) == [.confirmed] })
            proxy.swallowAnswers(true)
            await #expect { try await publisher.publish(scratch.messages(1..<2)) } throws: { ($0 as? BrokerError)?.kind == .timeout }
            proxy.swallowAnswers(false)
            proxy.cut()
            #expect(await eventually { (try? await publisher.publish(scratch.messages(2..<3))) == [.confirmed] })
            await publisher.stop()
        }
    }

    @Test("a publisher that is stopped while the broker is silent leaves no publish waiting", .timeLimit(.minutes(1)))
    func stoppedUnconfirmed() async throws {
        try await withProxy { scratch, proxy in
            var configuration = scratch.configuration
            configuration.confirmTimeoutMilliseconds = 1_000
            let (queue, ended) = (PublishQueue(limit: 10), Ended())
            let thread = PublisherThread(configuration, scratch.topology(), queue, scratch.log)
            Thread("publisher") {
                thread.run()
                ended.finish()
            }.detach()
            #expect(await eventually { queue.isConnected })
            proxy.swallowAnswers(true)
            await #expect {
                try await withCheckedThrowingContinuation { queue.add(PublishBatch(scratch.messages(0..<1), $0), id: 1); queue.stop() }
            } throws: { ($0 as? BrokerError)?.kind == .stopped }
            await ended.wait()
        }
    }

    @Test("a consumer whose connection is cut gets the unacknowledged message again and goes on")
    func cutConsumer() async throws {
        try await withProxy { scratch, proxy in
            let (publisher, consumer) = (scratch.publisher(), scratch.consumer())
            try await publisher.publish(scratch.messages(0..<3))
            let first = try #require(await consumer.next(upTo: 1).first)
            proxy.cut()
            let again = try #require(await consumer.next(upTo: 1).first)
            #expect(again.text == "0" && again.message.isRedelivered)
            first.ack()   // by the connection that is gone: must not acknowledge the message that has its number now
            await consumer.stop(graceMilliseconds: 200)
            #expect(try await eventually { try await scratch.depth(of: scratch.queue) == QueueDepth(messages: 3, consumers: 0) })
            let next = scratch.consumer()
            #expect(await next.takeAndAck(3) == ["0", "1", "2"])
            await next.stop()
            await publisher.stop()
        }
    }

    @Test("while the broker is away nothing is lost, and both sides come back by themselves")
    func away() async throws {
        try await withProxy { scratch, proxy in
            let (publisher, consumer) = (scratch.publisher(), scratch.consumer())
            try await publisher.publish(scratch.messages(0..<1))
            #expect(await consumer.takeAndAck(1) == ["0"])
            proxy.cut(refusing: true)
            #expect(await eventually { !publisher.isConnected && !consumer.isConnected })
            await #expect(throws: BrokerError.self) { try await publisher.publish(scratch.messages(1..<2)) }
            proxy.accept()
            #expect(await eventually { (try? await publisher.publish(scratch.messages(1..<2))) == [.confirmed] })
            var came = await consumer.takeAndAck(1)
            if came == ["0"] { came = await consumer.takeAndAck(1) }   // its acknowledgement may have been cut off too
            #expect(came == ["1"])
            await consumer.stop()
            await publisher.stop()
        }
    }

    @Test("a peer that has gone silent is found by the heartbeat")
    func halfOpen() async throws {
        try await withProxy { scratch, proxy in
            var configuration = scratch.configuration
            configuration.heartbeatSeconds = 1
            let consumer = Consumer(configuration, queue: scratch.queue, topology: scratch.topology(), prefetch: 1, log: scratch.log)
            #expect(await eventually { consumer.isConnected })
            proxy.stall(true)
            #expect(await eventually(within: .seconds(30)) { !consumer.isConnected })
            proxy.cut()
            proxy.stall(false)
            #expect(await eventually { consumer.isConnected })
            await consumer.stop()
        }
    }

    @Test("a handler may take longer than the heartbeats")
    func slowHandler() async throws {
        try await Scratch.with { scratch in
            var configuration = scratch.configuration
            configuration.heartbeatSeconds = 1
            let publisher = scratch.publisher()
            let consumer = Consumer(configuration, queue: scratch.queue, topology: scratch.topology(), prefetch: 1, log: scratch.log)
            try await publisher.publish(scratch.messages(0..<2))
            let delivery = try #require(await consumer.next(upTo: 1).first)
            try await Task.sleep(for: .seconds(4))   // the handler's work: four heartbeats long
            #expect(consumer.isConnected)
            delivery.ack()
            let next = try #require(await consumer.next(upTo: 1).first)
            #expect(next.text == "1" && !next.message.isRedelivered)
            next.ack()
            await consumer.stop()
            await publisher.stop()
        }
    }

    @Test("a queue deleted under its consumer is made again")
    func deletedQueue() async throws {
        try await Scratch.with { scratch in
            let (publisher, consumer) = (scratch.publisher(), scratch.consumer())
            #expect(await eventually { consumer.isConnected })
            try await scratch.brokerOperator.delete(Topology(queues: scratch.topology().queues))
            #expect(try await eventually { try await scratch.depth(of: scratch.queue)?.consumers == 1 })
            try await publisher.publish(scratch.messages(0..<1))
            #expect(await consumer.takeAndAck(1) == ["0"])
            await consumer.stop()
            await publisher.stop()
        }
    }

    @Test("a connection that an operator closes at the broker is made again")
    func closedByBroker() async throws {
        try await Scratch.with { scratch in
            let consumer = scratch.consumer()
            let management = try Management()
            #expect(await eventually { consumer.isConnected })
            var name: String?
            #expect(try await eventually(within: .seconds(20)) {
                name = try management.connection(named: scratch.queue)
                return name != nil
            })
            try management.close(try #require(name))
            #expect(await eventually { !consumer.isConnected })
            #expect(await eventually { consumer.isConnected })
            await consumer.stop()
        }
    }
}
