import Loop

/// What a command wrote.
final class Told: Sendable {
    private let held = Locked("")

    var text: String { held.withLock { $0 } }
    func add(_ text: String) { held.withLock { $0 += text } }
}
