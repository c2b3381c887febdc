/// Which requests of a service run, which wait a moment, and which are told to come back later. Only decides: whoever asks has the clock.
///
/// So many run at once; the next ones wait, for at most a moment, in their order. A queue that has not been empty for a while is no burst but more than
/// fits: then nobody waits longer than a blink, and the newest goes first, since the oldest has the least time left and will be told to come back anyway
/// (controlled delay, as Facebook and CoDel for packets do it). So the wait stays short however much is asked for, whatever a request costs here.
struct AdmissionQueue: Sendable {
    /// How much, and how long.
    struct Limits: Sendable, Hashable {
        /// Requests that run at once.
        var running: Int
        /// Requests that wait; more are shed at once.
        var waiting = 1024
        /// How long one waits while the queue is empty now and then, in microseconds; and after how long a queue that is not is one that stands.
        var patience = 100_000
        /// How long one waits in a queue that stands, in microseconds.
        var hurry = 20_000
    }

    /// What becomes of a request that comes.
    enum Arrival: Sendable, Equatable {
        case runs
        case waits(UInt64)
        case shed
    }

    /// What becomes of those that wait.
    struct Turn: Sendable, Equatable {
        /// It runs now.
        var next: UInt64?
        /// They have waited too long.
        var shed: [UInt64] = []
    }

    let limits: Limits
    private(set) var running = 0
    /// The oldest first.
    private var waiting: [(id: UInt64, since: Int)] = []
    private var lastID: UInt64 = 0
    /// When nobody waited last.
    private var lastEmpty = Int.min / 2

    init(_ limits: Limits) { self.limits = limits }

    /// How many wait.
    var waitingCount: Int { waiting.count }

    /// Whether more is asked for than fits.
    func stands(now: Int) -> Bool { !waiting.isEmpty && now - lastEmpty > limits.patience }

    /// A request comes. First `expire`, so that nobody is refused for those that are gone.
    mutating func arrive(now: Int) -> Arrival {
        if waiting.isEmpty { lastEmpty = now }
        if running < limits.running {
            running += 1
            return .runs
        }
        guard waiting.count < limits.waiting else { return .shed }
        lastID += 1
        waiting.append((lastID, now))
        return .waits(lastID)
    }

    /// One that ran has been answered.
    mutating func leave(now: Int) -> Turn {
        var turn = Turn(shed: expire(now: now))
        if waiting.isEmpty {
            running -= 1
        } else {
            turn.next = (stands(now: now) ? waiting.removeLast() : waiting.removeFirst()).id
            noteEmpty(now)
        }
        return turn
    }

    /// Takes those out that have waited too long.
    mutating func expire(now: Int) -> [UInt64] {
        let patience = stands(now: now) ? limits.hurry : limits.patience
        let late = waiting.prefix { now - $0.since > patience }.map(\.id)
        guard !late.isEmpty else { return [] }
        waiting.removeFirst(late.count)
        noteEmpty(now)
        return late
    }

    /// One that waits does not want to any more. False when it waits no more.
    mutating func abandon(_ id: UInt64, now: Int) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return false }
        waiting.remove(at: index)
        noteEmpty(now)
        return true
    }

    private mutating func noteEmpty(_ now: Int) {
        if waiting.isEmpty { lastEmpty = now }
    }
}
