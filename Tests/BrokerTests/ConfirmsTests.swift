import Testing
@testable import Broker

struct ConfirmsTests {
    private func three() -> Confirms<String> {
        var confirms = Confirms<String>()
        for name in ["a", "b", "c"] { confirms.sent(name, messageID: name, routingKey: "k", at: 10) }
        return confirms
    }

    private func told(_ settled: [Confirms<String>.Settled]) -> [String] { settled.map { "\($0.owner) \($0.outcome)" } }

    @Test("a confirm of one message leaves those before it waiting")
    func one() {
        var confirms = three()
        #expect(told(confirms.confirmed(2, multiple: false, isAck: true)) == ["b confirmed"])
        #expect(confirms.count == 2)
        #expect(confirms.abandon() == ["a", "c"])
    }

    @Test("a confirm of many settles all up to its number, once")
    func many() {
        var confirms = three()
        #expect(told(confirms.confirmed(1, multiple: false, isAck: true)) == ["a confirmed"])
        #expect(told(confirms.confirmed(3, multiple: true, isAck: true)) == ["b confirmed", "c confirmed"])
        #expect(told(confirms.confirmed(3, multiple: true, isAck: true)) == [])
        #expect(confirms.oldest == nil)
    }

    @Test("a returned message is unroutable when its confirm comes, and only that one")
    func returned() {
        var confirms = three()
        confirms.returned(messageID: "b", routingKey: "k")
        #expect(told(confirms.confirmed(3, multiple: true, isAck: true)) == ["a confirmed", "b unroutable", "c confirmed"])
    }

    @Test("a message that a queue would not take is refused")
    func nack() {
        var confirms = three()
        #expect(told(confirms.confirmed(1, multiple: false, isAck: false)) == ["a refused"])
    }

    @Test("numbers go on after thousands of messages, and memory does not")
    func long() {
        var confirms = Confirms<Int>()
        for number in 1...5_000 {
            confirms.sent(number, messageID: "", routingKey: "", at: number)
            if number > 1 { #expect(confirms.confirmed(UInt64(number - 1), multiple: false, isAck: true).map(\.owner) == [number - 1]) }
        }
        #expect(confirms.oldest == 5_000)
        #expect(confirms.abandon() == [5_000])
    }

    @Test("a number that was never given out counts for nothing")
    func unknown() {
        var confirms = three()
        #expect(confirms.confirmed(0, multiple: true, isAck: true).isEmpty)
        #expect(confirms.confirmed(9, multiple: true, isAck: true).isEmpty)
        #expect(confirms.count == 3)
    }
}
