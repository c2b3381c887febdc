/// Something that is done at a deadline unless it is called off before. Calling it off comes from any thread.
final class Alarm: @unchecked Sendable {   // the timer belongs to its loop's thread
    private let loop: Loop?
    private var timer: Repeat?
    private var sleeper: Task<Void, Never>?

    /// On the loop whose thread this is, by its timers; elsewhere by a task.
    init(at deadline: Deadline, _ body: @escaping @Sendable () -> Void) {
        let milliseconds = deadline.remainingMilliseconds
        loop = Loop.current
        if let loop {
            timer = Repeat(everyMilliseconds: UInt64(milliseconds), once: true, on: loop, body)
        } else {
            sleeper = Task {
                do { try await Task.sleep(for: .milliseconds(milliseconds)) } catch { return }
                body()
            }
        }
    }

    func cancel() {
        sleeper?.cancel()
        guard let loop else { return }
        if loop.isCurrent { timer?.cancel() } else { Task(executorPreference: loop) { [self] in if loop.isCurrent { timer?.cancel() } } }
    }
}
