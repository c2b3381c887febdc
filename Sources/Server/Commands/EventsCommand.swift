import Events
import Kit
import Loop

/// `lyceum events dead`, `lyceum events redrive`: events that no consumer could take.
enum EventsCommand {
    static let verb = Verb("events", "Look after events that no consumer could take.", verbs: [
        Verb(
            "dead", "List the dead letters of a queue.", examples: ["events dead lyceum.search.index"],
            arguments: [Argument("QUEUE", "A consumer's queue: lyceum.<service>.<consumer>.")],
            flags: [Flag("limit", value: "N", "At most so many.", fallback: "100")], run: dead),
        Verb(
            "redrive", "Send dead letters back to their queue.", examples: ["events redrive lyceum.search.index"],
            arguments: [Argument("QUEUE", "A consumer's queue.")], flags: [Flag("id", value: "EVENT", "Only this one.")], run: redrive),
    ])

    private static func letters() throws -> (Program, DeadLetters) {
        let program = try Program(loops: 1)
        let context = try program.context("notifications")
        return (program, DeadLetters(try context.broker(), topology: try context.eventTopology()))
    }

    private static func dead(_ words: Words) async throws -> Int32 {
        let (program, letters) = try letters()
        let queue = words.argument(0) ?? ""
        let limit = try words.int("limit", in: 1...10_000) ?? 100
        let list = try await program.loops.run { try await letters.list(queue, limit: limit) }
        for letter in list { CommandLineTable.writeOut("\(letter.id)  \(letter.type)  \(letter.subject)  \(letter.reason)\n") }
        CommandLineTable.writeOut(list.isEmpty ? "no dead letters in \(queue)\n" : "\(list.count) dead letters\n")
        return 0
    }

    private static func redrive(_ words: Words) async throws -> Int32 {
        let (program, letters) = try letters()
        let queue = words.argument(0) ?? ""
        let id = words.value("id")
        let count = try await program.loops.run {
            if let id { return try await letters.redrive(queue, id: id) ? 1 : 0 }
            return try await letters.redriveAll(queue)
        }
        CommandLineTable.writeOut("\(count) sent back to \(queue)\n")
        return id != nil && count == 0 ? 1 : 0
    }
}
