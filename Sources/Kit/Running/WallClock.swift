public import Telemetry

/// What time it is, injected so that rules never read a clock themselves and tests choose the time.
public struct WallClock: Sendable {
    /// The time now.
    public let now: @Sendable () -> Timestamp

    /// A clock that answers with `now`.
    public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    /// The machine's clock, UTC.
    public static let system = WallClock { Timestamp.now }

    /// A clock that stands still, for tests.
    public static func fixed(_ time: Timestamp) -> WallClock { WallClock { time } }
}
