/// Which published messages are still unconfirmed, by the broker's numbering (1, 2, 3 … on a channel).
struct Confirms<Owner> {
    struct Settled { let owner: Owner; let outcome: PublishOutcome }
    private struct Entry {
        let owner: Owner
        let messageID: String
        let routingKey: String
        let sentAt: Int
        var isReturned = false
    }
    private var entries: [Entry?] = []
    private var head = 0
    /// The number of `entries[0]`.
    private var first: UInt64 = 1
    private(set) var count = 0

    /// The next message went out at `time` (milliseconds).
    mutating func sent(_ owner: Owner, messageID: String, routingKey: String, at time: Int) {
        entries.append(Entry(owner: owner, messageID: messageID, routingKey: routingKey, sentAt: time))
        count += 1
    }

    /// When the oldest unconfirmed message was sent.
    var oldest: Int? { head < entries.count ? entries[head]?.sentAt : nil }

    /// A return carries no number, but comes before its confirm: the oldest message with that id and key that has not come back yet.
    mutating func returned(messageID: String, routingKey: String) {
        for index in head..<entries.count {
            guard let entry = entries[index], !entry.isReturned, entry.messageID == messageID, entry.routingKey == routingKey else { continue }
            entries[index]?.isReturned = true
            return
        }
    }

    /// The broker's word on `tag`, or on all up to it. A number that is not waiting any more counts for nothing.
    mutating func confirmed(_ tag: UInt64, multiple: Bool, isAck: Bool) -> [Settled] {
        guard tag >= first, let last = Int(exactly: tag - first), last < entries.count else { return [] }
        var settled: [Settled] = []
        for index in (multiple ? head : last)...max(last, multiple ? head : last) where index <= last {
            guard let entry = entries[index] else { continue }
            entries[index] = nil
            count -= 1
            settled.append(Settled(owner: entry.owner, outcome: !isAck ? .refused : entry.isReturned ? .unroutable : .confirmed))
        }
        dropSettled()
        return settled
    }

    /// The connection is gone: whoever still waits, in order.
    mutating func abandon() -> [Owner] {
        defer { (entries, head, count) = ([], 0, 0) }
        return entries[head...].compactMap { $0?.owner }
    }

    private mutating func dropSettled() {
        while head < entries.count, entries[head] == nil { head += 1 }
        if head == entries.count || head >= 1_024 {
            entries.removeFirst(head)
            first += UInt64(head)
            head = 0
        }
    }
}
