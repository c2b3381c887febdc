import Events
import Glibc
import Kit
import Loop
import Telemetry

/// The processes that a test kills while events go through them: a service that writes, a relay, consumers. All of it over the product's own outbox,
/// relay, consumer and inbox; it ships with nothing.
@main
enum EventStorm {
    static let table = CommandLineTable(program: "EventStorm", about: "Writes, relays and consumes events until it is killed.", verbs: [
        Verb("prepare", "Make tables, collections and queues.") { _ in try await run { try await $0.prepare() } },
        Verb("write", "Make all changes of a store.", arguments: [store], flags: [
            Flag("changes", value: "N", "How many."), Flag("subjects", value: "N", "Over so many subjects."), Flag("pause", value: "MS", "Between two."),
        ]) { words in
            let (changes, subjects, pause) = (try words.int("changes") ?? 1, try words.int("subjects") ?? 1, try words.int("pause") ?? 0)
            return try await run { storm in
                try await storm.write(words.argument(0) ?? "", changes: changes, subjects: subjects, pauseMilliseconds: UInt64(pause))
            }
        },
        Verb("relay", "Relay a store's outbox until SIGTERM.", arguments: [store]) { words in
            try await serve { $0.relay(words.argument(0) ?? "") }
        },
        Verb("consume", "Be a consumer until SIGTERM.", arguments: [Argument("NAME", "Which.", choices: ["ledger", "bulk", "archive"])]) { words in
            try await serve { storm in storm.consumers().first { $0.queue.hasSuffix(".\(words.argument(0) ?? "")") } }
        },
    ])
    private static let store = Argument("STORE", "Whose.", choices: ["postgres", "mongo"])

    static func main() async {
        Signals.block()
        signal(SIGPIPE, SIG_IGN)
        exit(await table.run())
    }

    private static func run(_ body: @escaping @Sendable (Storm) async throws -> Void) async throws -> Int32 {
        let storm = try Storm()
        try await storm.loops.run { try await body(storm) }
        await storm.loops.run { await storm.close() }
        StandardOutputSink.shared.flush()
        return 0
    }

    private static func serve(_ service: (Storm) -> (any Service)?) async throws -> Int32 {
        let storm = try Storm()
        guard let service = service(storm) else { return 1 }
        try await ServiceGroup([service], on: storm.loops, log: storm.log).run()
        await storm.loops.run { await storm.close() }
        StandardOutputSink.shared.flush()
        return 0
    }
}
