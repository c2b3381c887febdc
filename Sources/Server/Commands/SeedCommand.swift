import Kit
import Loop

/// `lyceum seed`: the demo catalogue, through the API like anybody.
enum SeedCommand {
    static let verb = Verb(
        "seed", "Fill a running stack with a demo catalogue and demo logins.",
        details: """
            Works through the gateway like a client: it registers a student, an instructor and an admin, writes a course, uploads the demo clip, waits for the
            stream and publishes. Running it again changes nothing that is there.
            """,
        flags: [
            Flag("stack", value: "FILE", "The description of the stack.", fallback: ".dev/stack.json"),
            Flag("clip", value: "FILE", "The video of the demo lecture; the stack's own where none is named."),
        ], run: run)

    private static func run(_ words: Words) async throws -> Int32 {
        let program = try Program(loops: 1)
        let path = words.value("stack") ?? ".dev/stack.json"
        let clip = words.value("clip")
        return try await program.loops.run {
            let demo = try Demo(stackFile: path, clip: clip, program: program)
            try await demo.fill()
            return 0
        }
    }
}
