/// What a connection still owes answers for, in the order in which it was sent. Pure: it knows neither sockets nor clocks.
///
/// Each entry ends with a synchronisation point of its own, so an error in one leaves the others alone.
struct PipelineQueue<Waiter, Answer> {
    enum Purpose: Equatable {
        /// The statements of a caller.
        case batch
        /// A statement is made ready; nobody waits, and a failure is told to those who use it.
        case preparation(PreparedStatements.Key)
        /// The library's own; its failure matters to nobody.
        case housekeeping
    }

    struct Entry {
        let purpose: Purpose
        let expected: Int
        /// How long its answer may take, from when it was sent and from when it is at the head; 0: as long as it likes.
        let limit: UInt64
        /// How long its waiter waits at most, whatever the connection grants.
        let patience: UInt64
        /// Nil once it was told something, or has gone.
        var waiter: Waiter?
        var answers: [Answer] = []
        var failure: PostgresError?
        fileprivate var deadline = UInt64.max
        /// What the entry's statements were prepared as, to explain "does not exist".
        var keys: [PreparedStatements.Key] = []

        init(_ purpose: Purpose, expected: Int, limit: UInt64, patience: UInt64 = .max, waiter: Waiter? = nil, keys: [PreparedStatements.Key] = []) {
            self.purpose = purpose
            self.expected = expected
            self.limit = limit
            self.patience = patience
            self.waiter = waiter
            self.keys = keys
        }
    }

    private var entries: [Entry] = []
    private var head = 0
    /// The number of the entry at `head`, counted from the first ever.
    private var headSequence: UInt64 = 0
    /// When the entry at the head became the one that is being worked on.
    private var headSince: UInt64 = 0

    init() {}

    var isEmpty: Bool { head == entries.count }
    var count: Int { entries.count - head }
    /// Somebody still wants one of the answers.
    var isAwaited: Bool { entries[head...].contains { $0.waiter != nil } }

    /// The entry's number, by which its waiter can be taken back.
    mutating func append(_ entry: Entry, now: UInt64) -> UInt64 {
        if isEmpty { headSince = now }
        var entry = entry
        let wait = min(entry.limit == 0 ? .max : entry.limit, entry.patience)
        entry.deadline = wait == .max ? .max : now + wait
        entries.append(entry)
        return headSequence + UInt64(entries.count - head) - 1
    }

    mutating func receive(_ answer: Answer) {
        guard !isEmpty else { return }
        entries[head].answers.append(answer)
    }

    /// Only the first failure of an entry tells something; the rest follows from it.
    mutating func receive(failure: PostgresError) {
        guard !isEmpty, entries[head].failure == nil else { return }
        entries[head].failure = failure
    }

    /// The entry at the head has had all its answers.
    mutating func synchronize(now: UInt64) -> Entry? {
        guard !isEmpty else { return nil }
        let entry = entries[head]
        entries[head].waiter = nil
        entries[head].answers = []
        head += 1
        headSequence += 1
        headSince = now
        if head >= 32 || head == entries.count {
            entries.removeFirst(head)
            head = 0
        }
        return entry
    }

    /// The waiter of an entry, who will not be told its answer any more.
    mutating func forget(_ sequence: UInt64) -> Waiter? {
        guard sequence >= headSequence, sequence - headSequence < UInt64(count) else { return nil }
        let index = head + Int(sequence - headSequence)
        defer { entries[index].waiter = nil }
        return entries[index].waiter
    }

    /// Whether anybody's time is over, or the connection's.
    func isOverdue(now: UInt64, grace: UInt64) -> Bool {
        isStuck(now: now, grace: grace) || entries[head...].contains { $0.deadline <= now && $0.waiter != nil }
    }

    /// Those whose time is over; their entries stay until they are answered.
    mutating func expire(now: UInt64) -> [Waiter] {
        var expired: [Waiter] = []
        for index in head..<entries.count where entries[index].deadline <= now {
            guard let waiter = entries[index].waiter else { continue }
            expired.append(waiter)
            entries[index].waiter = nil
        }
        return expired
    }

    /// Whether the entry at the head has had no answer for so long that none will come.
    func isStuck(now: UInt64, grace: UInt64) -> Bool {
        guard !isEmpty, entries[head].limit > 0, now >= headSince else { return false }
        return now - headSince > entries[head].limit + grace
    }

    /// All entries, when the connection is gone.
    mutating func drain() -> [Entry] {
        defer {
            headSequence += UInt64(count)
            entries = []
            head = 0
        }
        return Array(entries[head...])
    }
}
