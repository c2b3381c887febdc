import Testing
@testable import Broker

struct UnsettledTests {
    private func three() -> Unsettled {
        var unsettled = Unsettled()
        for tag in [1, 2, 3] as [UInt64] { unsettled.delivered(tag, isFresh: tag == 3) }
        return unsettled
    }

    @Test("messages acknowledged in a row are one command")
    func run() {
        var unsettled = three()
        #expect(unsettled.settle([(1, .acknowledged), (2, .acknowledged)]) == [.ack(2, multiple: true)])
        #expect(unsettled.count == 1)
    }

    @Test("a gap is not acknowledged along with what comes after it")
    func gap() {
        var unsettled = three()
        #expect(unsettled.settle([(2, .acknowledged), (3, .acknowledged)]) == [.ack(2, multiple: false), .ack(3, multiple: false)])
        #expect(unsettled.settle([(1, .rejected)]) == [.nack(1, requeue: false)])
        #expect(unsettled.isEmpty)
    }

    @Test("a message settled twice is settled once, as the first time", arguments: [Settlement.acknowledged, .requeued])
    func twice(_ second: Settlement) {
        var unsettled = three()
        #expect(unsettled.settle([(1, .acknowledged), (1, second)]) == [.ack(1, multiple: false)])
        #expect(unsettled.settle([(1, second)]) == [])
        #expect(unsettled.count == 2)
    }

    @Test("only a message that came for the first time shows that the consumer survives")
    func fresh() {
        var unsettled = three()
        _ = unsettled.settle([(1, .acknowledged), (2, .rejected)])
        #expect(!unsettled.hasAcknowledgedFresh)
        _ = unsettled.settle([(3, .acknowledged)])
        #expect(unsettled.hasAcknowledgedFresh)
    }
}
