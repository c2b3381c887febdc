/// Values by key, at most so many and of so many bytes: the one used longest ago goes first. A doubly linked list through an array, so that each
/// step costs the same.
struct BoundedMemory<Key: Hashable, Value> {
    private struct Slot {
        let key: Key
        var value: Value
        var bytes: Int
        var newer = -1
        var older = -1
    }
    private let limit: Int
    private let byteLimit: Int
    private var places: [Key: Int] = [:]
    /// Nil where a value was removed, until another takes its place.
    private var slots: [Slot?] = []
    private var free: [Int] = []
    private var newest = -1
    private var oldest = -1
    private(set) var bytes = 0

    /// `limit` is at least one. Bytes are what `set` is told, so without telling any the count is the only bound.
    init(limit: Int, bytes: Int = .max) {
        self.limit = max(1, limit)
        byteLimit = bytes
    }

    var count: Int { places.count }

    /// The value, which counts as used now.
    mutating func value(for key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        unlink(place)
        linkNewest(place)
        return slots[place]?.value
    }

    /// Keeps the value in place of the key's old one; one of more bytes than all may have is not kept.
    mutating func set(_ value: Value, for key: Key, bytes size: Int = 0) {
        removeValue(for: key)
        guard size <= byteLimit else { return }
        while count >= limit || bytes > byteLimit - size, oldest >= 0 { remove(at: oldest) }
        let slot = Slot(key: key, value: value, bytes: size)
        let place: Int
        if let free = free.popLast() {
            place = free
            slots[place] = slot
        } else {
            place = slots.count
            slots.append(slot)
        }
        places[key] = place
        bytes += size
        linkNewest(place)
    }

    mutating func removeValue(for key: Key) {
        if let place = places[key] { remove(at: place) }
    }

    mutating func removeAll() { self = BoundedMemory(limit: limit, bytes: byteLimit) }

    private mutating func remove(at place: Int) {
        guard let slot = slots[place] else { return }
        unlink(place)
        places[slot.key] = nil
        bytes -= slot.bytes
        slots[place] = nil
        free.append(place)
    }

    private mutating func unlink(_ place: Int) {
        guard let (newer, older) = slots[place].map({ ($0.newer, $0.older) }) else { return }
        if newer >= 0 { slots[newer]?.older = older } else { newest = older }
        if older >= 0 { slots[older]?.newer = newer } else { oldest = newer }
    }

    private mutating func linkNewest(_ place: Int) {
        slots[place]?.newer = -1
        slots[place]?.older = newest
        if newest >= 0 { slots[newest]?.newer = place } else { oldest = place }
        newest = place
    }
}
