/// One value a loop of a group, made on that loop's thread when it is first asked for and touched there only: no lock, no hop.
public final class LoopLocal<Value>: @unchecked Sendable {   // each slot belongs to its loop's thread
    private final class Slot { var value: Value? }

    private let group: LoopGroup
    private let slots: [Slot]
    private let make: @Sendable (Loop) -> Value

    /// Nothing is made yet; `make` runs on the loop it is given.
    public init(_ group: LoopGroup, _ make: @escaping @Sendable (Loop) -> Value) {
        self.group = group
        self.make = make
        slots = group.loops.map { _ in Slot() }
    }

    /// The value of the loop that this thread is. Traps on any other thread.
    public var current: Value {
        guard let loop = Loop.current, let index = group.loops.firstIndex(where: { $0 === loop }) else {
            preconditionFailure("not on a loop of this group")
        }
        if let value = slots[index].value { return value }
        let value = make(loop)
        slots[index].value = value
        return value
    }
}
