internal import Telemetry

/// The step of a trace that asks Redis: the commands' names, never keys or values.
struct CommandSpan {
    private var span: ActiveSpan

    /// Nil when nobody keeps the task's trace.
    init?(_ commands: [RedisCommand]) {
        self.init(commands.count == 1 ? commands[0].name : "PIPELINE")
        if commands.count > 1 { span.set("db.operation.batch.size", .int(commands.count)) }
    }

    /// The same for a command that is known by its name.
    init?(_ name: @autoclosure () -> String) {
        guard let span = ActiveSpan.begin(.client, name()) else { return nil }
        self.span = span
        self.span.set("db.system.name", .string("redis"))
        self.span.set("db.operation.name", .string(name()))
    }

    /// It is over; `error` is why it failed.
    func end(_ error: RedisError?) { span.end(failure: error?.kind.name) }
}

extension RedisCommand {
    /// The command's name.
    fileprivate var name: String {
        if case .string(let name) = words.first { name.uppercased() } else { "" }
    }
}
