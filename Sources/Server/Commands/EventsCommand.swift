import Events
import Glibc
import JSON
import Kit
import Loop
import Telemetry

/// `lyceum events …`: what a person does about events that no consumer could take.
enum EventsCommand {
    private static let queue = Argument("QUEUE", "A consumer's queue: lyceum.<service>.<consumer>, or <service>.<consumer>.")
    private static let filters = [
        Flag("id", value: "EVENT", "Only the event with this id."), Flag("type", value: "TYPE", "Only events of this type."),
        Flag("limit", value: "N", "At most so many.", fallback: "\(standardLimit)"),
    ]
    private static let standardLimit = 10_000

    static let verb = Verb("events", "Look after events that no consumer could take.", verbs: [
        Verb(
            "dead", "List dead events.",
            details: "Without a queue: how many wait and how many are dead in the queue of every consumer. They stay where they are.",
            examples: ["events dead", "events dead search.index --type lyceum.course.updated.v1"],
            arguments: [Argument(queue.name, queue.about, .optional)], flags: filters + [Flag("json", "A JSON object a line.")], run: dead),
        Verb(
            "show", "Show a dead event as it came.", examples: ["events show search.index 01a1ffcf-b776-7222-9fc1-0996bdb85859"],
            arguments: [queue, Argument("EVENT", "Its id.")], run: show),
        Verb(
            "redrive", "Send dead events back to their queue.",
            details: """
                Oldest first; without a filter all that are dead now. Ended at any moment it loses nothing: one that was sent back twice has its effect once.
                Each is told on standard error as a line of the log, and carries who sent it back into the log of its consumer.
                """,
            examples: ["events redrive search.index", "events redrive notifications.mail --id 01a1ffcf-b776-7222-9fc1-0996bdb85859"],
            arguments: [queue], flags: filters, run: redrive),
        Verb(
            "discard", "Give dead events up for good.",
            details: "Each is written to standard output as it came, a line each, before it is removed, and told on standard error as a line of the log.",
            examples: ["events discard search.index --type lyceum.course.updated.v1 --reason 'published anew' > discarded.ndjson"],
            arguments: [queue],
            flags: filters + [Flag("all", "All that are dead now."), Flag("reason", value: "TEXT", "Why; it is needed, and written to the log.")], run: discard),
    ])

    private static func dead(_ words: Words) async throws -> Int32 {
        guard let name = words.argument(0) else { return try await overview(isJSON: words.has("json")) }
        let desk = try DeadLetterDesk()
        let (filter, limit) = try meant(words)
        let letters = try await desk.on(name) { try await desk.letters.list($0, filter, limit: limit) }
        for letter in letters { CommandLineTable.writeOut(words.has("json") ? letter.json + "\n" : letter.line + "\n") }
        if !words.has("json") { CommandLineTable.writeOut(letters.isEmpty ? "no dead events\n" : "\(letters.count) dead\n") }
        return 0
    }

    private static func overview(isJSON: Bool) async throws -> Int32 {
        let desk = try DeadLetterDesk()
        for (queue, depth) in try await desk.depths() {
            if isJSON {
                CommandLineTable.writeOut(JSONWriter.object { json in
                    json.field("queue", queue)
                    json.field("waiting", depth?.waiting)
                    json.field("dead", depth?.dead)
                }.text + "\n")
            } else {
                let text = depth.map { "\($0.waiting) waiting, \($0.dead) dead" } ?? "not declared yet"
                CommandLineTable.writeOut("\(queue)  \(text)\n")
            }
        }
        return 0
    }

    private static func show(_ words: Words) async throws -> Int32 {
        let desk = try DeadLetterDesk()
        let filter = DeadLetterFilter(id: words.argument(1) ?? "")
        guard let letter = try await desk.on(words.argument(0) ?? "", { try await desk.letters.list($0, filter, limit: 1) }).first else {
            CommandLineTable.writeError("no event \(words.argument(1) ?? "") is dead there\n")
            return 1
        }
        CommandLineTable.writeOut(letter.json + "\n")
        return 0
    }

    private static func redrive(_ words: Words) async throws -> Int32 {
        let desk = try DeadLetterDesk()
        let (filter, limit) = try meant(words)
        let count = try await desk.on(words.argument(0) ?? "") { queue in
            try await desk.letters.redrive(queue, filter, limit: limit, by: desk.person) { desk.tell("a dead event was sent back", $0, queue) }
        }
        CommandLineTable.writeOut("\(count) sent back\n")
        return count == 0 && filter != DeadLetterFilter() ? 1 : 0
    }

    private static func discard(_ words: Words) async throws -> Int32 {
        let (filter, limit) = try meant(words)
        guard let reason = words.value("reason"), !reason.isEmpty else {
            throw CommandLineRefusal("it says nowhere why: --reason TEXT", verb: words.path)
        }
        guard filter != DeadLetterFilter() || words.has("all") else {
            throw CommandLineRefusal("which events? --id, --type or --all", verb: words.path)
        }
        let desk = try DeadLetterDesk()
        let count = try await desk.on(words.argument(0) ?? "") { queue in
            try await desk.letters.discard(queue, filter, limit: limit) { letter in
                CommandLineTable.writeOut(letter.json + "\n")
                desk.tell("a dead event is given up", letter, queue, [("why", .string(reason))])
            }
        }
        CommandLineTable.writeError("\(count) given up\n")
        return count == 0 && filter != DeadLetterFilter() ? 1 : 0
    }

    private static func meant(_ words: Words) throws -> (DeadLetterFilter, limit: Int) {
        (DeadLetterFilter(id: words.value("id"), type: words.value("type")), try words.int("limit", in: 1...1_000_000) ?? standardLimit)
    }
}
