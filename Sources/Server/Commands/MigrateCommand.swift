import Events
import Kit
import Loop

/// `lyceum migrate all`: brings stores up to date.
enum MigrateCommand {
    static let verb = Verb(
        "migrate", "Bring the stores and queues of a service, or of all, up to date.",
        details: "Migrations go forward only and run under a lock: started twice at once, the second waits and finds nothing to do.",
        examples: ["migrate all"],
        arguments: [Argument("SERVICE", "Which.", choices: HostedServices.names + ["all"])], run: run)

    private static func run(_ words: Words) async throws -> Int32 {
        let program = try Program(loops: 1)
        for service in HostedServices.named(words.argument(0) ?? "") {
            let context = try program.context(service.name)
            let applied = try await program.loops.run { () async throws -> [String] in
                let applied = try await service.migrate(context)
                // A queue that is not there yet would let what others tell go by.
                for case let consumer as EventConsumer in try service.make(context).background { try await consumer.declare() }
                return applied
            }
            let name = service.name.padding(to: 14)
            CommandLineTable.writeOut(applied.isEmpty ? "\(name) up to date\n" : "\(name) applied \(applied.joined(separator: ", "))\n")
        }
        return 0
    }
}

extension String {
    /// The text with blanks after it, at least `width` characters.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
