import Kit

/// `lyceum config`: what is in force, and where it came from.
enum ConfigCommand {
    static let verb = Verb(
        "config", "Show the configuration that is in force and where each value came from. Secrets are not shown.",
        details: "A key is read from LYCEUM_<SERVICE>_<KEY>, then LYCEUM_<KEY>; with _FILE at its end it names a file that holds the value.",
        arguments: [Argument("SERVICE", "Which.", .optional, choices: HostedServices.names + ["all"])], run: run)

    private static func run(_ words: Words) async throws -> Int32 {
        let program = try Program()
        _ = try program.times()
        for service in HostedServices.named(words.argument(0) ?? "all") {
            let parts = try service.make(try program.context(service.name))
            _ = try ServeCommand.listeners(of: service.name, parts, program)
        }
        let entries = program.configuration.entries
        let width = entries.map(\.variable.count).max() ?? 0
        for entry in entries { CommandLineTable.writeOut("\(entry.variable.padding(to: width))  \(entry.value)  (\(entry.source))\n") }
        for name in program.configuration.unread { CommandLineTable.writeOut("\(name.padding(to: width))  is set, and no service reads it\n") }
        return 0
    }
}
