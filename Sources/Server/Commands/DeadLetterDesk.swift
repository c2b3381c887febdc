import Events
import Glibc
import JSON
import Kit
import Loop
import Telemetry

/// Where `lyceum events` works: the broker, the names of the queues, who sits there and what is written down of it.
struct DeadLetterDesk: Sendable {
    let letters: DeadLetters
    /// The login of whoever runs the command, for the log and for the message itself.
    let person: String
    private let program: Program
    private let prefix: String
    private let log: Log

    struct NoQueue: Error, CustomStringConvertible {
        let description: String
    }

    init() throws {
        program = try Program(loops: 1)
        let context = try program.context("notifications")
        let topology = try context.eventTopology()
        prefix = topology.prefix
        letters = DeadLetters(try context.broker(), topology: topology)
        // Standard output is for what was asked; what was done is told beside it, in the form of every log.
        log = Log(service: "events", level: .info, sink: StandardErrorSink())
        person = ConfigurationReader.processEnvironment["SUDO_USER"] ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
    }

    /// Does something with the queue of that name, with or without the prefix; says so when there is none.
    func on<R: Sendable>(_ name: String, _ body: @escaping @Sendable (_ queue: String) async throws -> R) async throws -> R {
        let queue = name.hasPrefix("\(prefix).") ? name : "\(prefix).\(name)"
        return try await program.loops.run {
            guard try await letters.depth(queue) != nil else { throw NoQueue(description: "no consumer has a queue \(queue); `lyceum events dead` lists them") }
            return try await body(queue)
        }
    }

    /// The queues of all consumers of this program, with how many events wait and are dead there; nil where the consumer never ran.
    func depths() async throws -> [(queue: String, depth: (waiting: Int, dead: Int)?)] {
        var queues: [String] = []
        for service in HostedServices.all {
            let parts = try service.make(try program.context(service.name))
            queues += parts.background.compactMap { ($0 as? EventConsumer)?.queue }
        }
        let names = queues
        return try await program.loops.run {
            var found: [(queue: String, depth: (waiting: Int, dead: Int)?)] = []
            for queue in names { found.append((queue, try await letters.depth(queue))) }
            return found
        }
    }

    /// One line of the log for what is done to one event.
    func tell(_ what: StaticString, _ letter: DeadLetter, _ queue: String, _ more: [Log.Field] = []) {
        let known: [Log.Field] = [
            ("by", .string(person)), ("queue", .string(queue)), ("eventId", .string(letter.id)), ("type", .string(letter.type)),
            ("subject", .string(letter.subject)), ("reason", .string(letter.reason)),
        ]
        log.notice(what, known + more)
    }
}

private struct StandardErrorSink: LogSink {
    func write(_ line: [UInt8]) { CommandLineTable.writeError(String(decoding: line, as: UTF8.self)) }
}

extension DeadLetter {
    /// For people.
    var line: String { "\(id)  \(type)  \(subject)  \(diedAt.rfc3339)  \(reason)\(redriven > 0 ? ", sent back \(redriven) times" : "")" }

    /// For programs, with all of the event; what is no JSON is told as text.
    var json: String {
        JSONWriter.object { json in
            json.field("id", id)
            json.field("type", type)
            json.field("subject", subject)
            json.field("reason", reason)
            json.field("diedAt", diedAt.rfc3339)
            json.field("redriven", redriven)
            json.field("event", (try? JSONValue.parse(payload)) ?? .string(String(decoding: payload, as: UTF8.self)))
        }.text
    }
}
