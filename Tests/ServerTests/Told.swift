import Synchronization

/// What a command wrote.
final class Told: Sendable {
    private let held = Mutex("")

    var text: String { held.withLock { $0 } }
    func add(_ text: String) { held.withLock { $0 += text } }
}
