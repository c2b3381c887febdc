/// The deliveries of one connection that the broker still waits for, and the fewest commands that settle them.
struct Unsettled {
    enum Command: Equatable { case ack(UInt64, multiple: Bool), nack(UInt64, requeue: Bool) }
    private struct Entry { let tag: UInt64; let isFresh: Bool }
    private var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }
    /// Whether a message that came for the first time was acknowledged: the consumer is not among those that brought it down.
    private(set) var hasAcknowledgedFresh = false

    mutating func delivered(_ tag: UInt64, isFresh: Bool) { entries.append(Entry(tag: tag, isFresh: isFresh)) }

    mutating func forget(_ tags: [UInt64]) {
        let gone = Set(tags)
        entries.removeAll { gone.contains($0.tag) }
    }

    /// What is settled now. A tag that is not waited for (settled twice) is left out: the broker would close the channel.
    mutating func settle(_ settled: [(tag: UInt64, settlement: Settlement)]) -> [Command] {
        var acknowledged: Set<UInt64> = []
        var commands: [Command] = []
        for (tag, settlement) in settled {
            guard let index = entries.firstIndex(where: { $0.tag == tag }), !acknowledged.contains(tag) else { continue }
            switch settlement {
            case .acknowledged: acknowledged.insert(tag)
            case .requeued: commands.append(.nack(tag, requeue: true))
            case .rejected: commands.append(.nack(tag, requeue: false))
            }
            if settlement != .acknowledged { entries.remove(at: index) }
        }
        // All up to the last of an unbroken run of acknowledged ones go in one command.
        let run = entries.prefix { acknowledged.contains($0.tag) }
        if entries.contains(where: { $0.isFresh && acknowledged.contains($0.tag) }) { hasAcknowledgedFresh = true }
        if let last = run.last { commands.append(.ack(last.tag, multiple: run.count > 1)) }
        for entry in entries.dropFirst(run.count) where acknowledged.contains(entry.tag) { commands.append(.ack(entry.tag, multiple: false)) }
        entries.removeAll { acknowledged.contains($0.tag) }
        return commands
    }
}
