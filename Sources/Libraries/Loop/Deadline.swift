/// A moment by which an answer is due, on the clock that never goes back. Every outward call of a request takes its time limit from it.
public struct Deadline: Sendable, Hashable, Comparable {
    /// The deadline of the request that this task works for; nil outside of one.
    @TaskLocal public static var current: Deadline?

    private let moment: Int

    private init(moment: Int) { self.moment = moment }

    /// A deadline so many milliseconds from now.
    public init(milliseconds: Int) { moment = monotonicMilliseconds() + milliseconds }

    /// Milliseconds left, 0 when it is over.
    public var remainingMilliseconds: Int { max(0, moment - monotonicMilliseconds()) }

    /// Whether nothing is left.
    public var isOver: Bool { remainingMilliseconds == 0 }

    /// What a call may take that would like `milliseconds`: less when the current deadline is nearer.
    public static func milliseconds(atMost milliseconds: Int) -> Int {
        guard let current else { return milliseconds }
        return min(milliseconds, current.remainingMilliseconds)
    }

    /// Runs `body` with the nearer of this deadline and the current one.
    public func during<R>(_ body: () async throws -> R) async rethrows -> R {
        let nearer = Deadline.current.map { min($0, self) } ?? self
        return try await Deadline.$current.withValue(nearer) { try await body() }
    }

    /// Earlier is less.
    public static func < (left: Deadline, right: Deadline) -> Bool { left.moment < right.moment }
}
