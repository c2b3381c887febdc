/// Values by key, at most so many: the one used longest ago goes first. A doubly linked list through an array, so that each step costs the same.
struct BoundedMemory<Key: Hashable, Value> {
    private struct Slot {
        var key: Key
        var value: Value
        var newer: Int
        var older: Int
    }
    private let limit: Int
    private var places: [Key: Int] = [:]
    private var slots: [Slot] = []
    private var newest = -1
    private var oldest = -1

    /// `limit` is at least one.
    init(limit: Int) { self.limit = max(1, limit) }

    var count: Int { places.count }

    /// The value, which counts as used now.
    mutating func value(for key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        unlink(place)
        linkNewest(place)
        return slots[place].value
    }

    mutating func set(_ value: Value, for key: Key) {
        if let place = places[key] {
            slots[place].value = value
            unlink(place)
            linkNewest(place)
            return
        }
        let place: Int
        if slots.count < limit {
            place = slots.count
            slots.append(Slot(key: key, value: value, newer: -1, older: -1))
        } else {
            place = oldest
            unlink(place)
            places[slots[place].key] = nil
            slots[place] = Slot(key: key, value: value, newer: -1, older: -1)
        }
        places[key] = place
        linkNewest(place)
    }

    mutating func removeAll() {
        places.removeAll()
        slots.removeAll()
        newest = -1
        oldest = -1
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (slots[place].newer, slots[place].older)
        if newer >= 0 { slots[newer].older = older } else { newest = older }
        if older >= 0 { slots[older].newer = newer } else { oldest = newer }
    }

    private mutating func linkNewest(_ place: Int) {
        slots[place].newer = -1
        slots[place].older = newest
        if newest >= 0 { slots[newest].newer = place } else { oldest = place }
        newest = place
    }
}
