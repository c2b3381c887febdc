/// What a listener has heard and nobody has read yet. Bounded: what does not fit is counted as a gap.
struct NotificationBuffer {
    private var elements: [PostgresNotifications.Element] = []
    private var head = 0
    private let limit: Int
    private var hasGap = false

    init(limit: Int) { self.limit = max(1, limit) }

    /// Something may have been missed. Several gaps that nobody has read are one.
    mutating func gap() { hasGap = true }

    mutating func append(_ notification: PostgresNotification) {
        guard elements.count - head < limit else { return gap() }
        elements.append(.notification(notification))
    }

    /// The oldest; a gap comes before what was heard after it.
    mutating func next() -> PostgresNotifications.Element? {
        if hasGap {
            // Whoever looks at the tables now needs none of what is waiting.
            hasGap = false
            elements = []
            head = 0
            return .gap
        }
        guard head < elements.count else { return nil }
        defer {
            head += 1
            if head >= 64 || head == elements.count {
                elements.removeFirst(head)
                head = 0
            }
        }
        return elements[head]
    }

    var isEmpty: Bool { !hasGap && head == elements.count }
}
