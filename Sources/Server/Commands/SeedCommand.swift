import Kit
import Loop

/// `lyceum seed`: the demo catalogue, through the API like anybody.
enum SeedCommand {
    static let verb = Verb(
        "seed", "Fill a running stack with a demo catalogue and demo logins.",
        details: """
            Makes accounts of a student, an instructor and an admin and a small catalogue in the stores. The rest goes through the gateway, as a client does it:
            the instructor writes a course, uploads the demo clip, waits for the stream and publishes. Running it again changes nothing that is there.
            """,
        flags: [Flag("clip", value: "FILE", "The video of the demo lecture; the one that LYCEUM_DEMO_CLIP names where none is given.")], run: run)

    private static func run(_ words: Words) async throws -> Int32 {
        let program = try Program(loops: 1)
        let clip = words.value("clip")
        return try await program.loops.run {
            let demo = try Demo(clip: clip, program: program)
            try await demo.fill()
            return 0
        }
    }
}
