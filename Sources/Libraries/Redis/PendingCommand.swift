/// A command that was sent and not answered yet. It is finished once: by its answer, its deadline or the end of its connection.
final class PendingCommand {
    /// In the loop's milliseconds.
    let deadline: UInt64
    private var finish: ((Result<RedisValue, RedisError>) -> Void)?

    init(deadline: UInt64, _ finish: @escaping (Result<RedisValue, RedisError>) -> Void) {
        self.deadline = deadline
        self.finish = finish
    }

    var isFinished: Bool { finish == nil }

    func finish(_ result: Result<RedisValue, RedisError>) {
        let finish = finish
        self.finish = nil
        finish?(result)
    }
}

/// Commands in the order in which they were sent, which is the order of their answers.
struct PendingCommands {
    private var commands: [PendingCommand] = []
    private var head = 0

    var count: Int { commands.count - head }
    var first: PendingCommand? { count > 0 ? commands[head] : nil }

    mutating func append(_ command: PendingCommand) { commands.append(command) }

    mutating func removeFirst() {
        head += 1
        // Under load it is never empty: what is answered must not wait for that to be let go.
        if head >= 64 || head == commands.count {
            commands.removeFirst(head)
            head = 0
        }
    }

    /// What should have been answered by now and was not.
    func overdue(now: UInt64) -> [PendingCommand] { commands[head...].filter { !$0.isFinished && $0.deadline <= now } }
}
