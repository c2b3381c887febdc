import Loop
import Testing

@testable import Kit

@Suite struct CommandLineTableTests {
    private static let table = CommandLineTable(
        program: "lyceum", about: "the backend of an online-course platform", version: "1.0",
        verbs: [
            Verb(
                "serve", "Run services until they are told to stop.", examples: ["serve all"],
                arguments: [Argument("SERVICE", "What to run.", .many, choices: ["all", "users", "courses"])],
                flags: [Flag("workers", letter: "w", value: "N", "Threads of each pool.", fallback: "4"), Flag("memory", "Keep nothing.")]
            ) { words in
                #expect(words.path == ["serve"])
                return words.has("memory") ? 7 : 0
            },
            Verb("courses", "Work with the catalogue.", verbs: [
                Verb(
                    "import", "Load a catalogue.",
                    arguments: [Argument("FILE", "An NDJSON file."), Argument("LIMIT", "At most so many.", .optional)]
                ) { _ in 0 },
                Verb("export", "Write the catalogue.") { _ in throw ConfigurationError(key: "LYCEUM_X", "is not set") },
            ]),
            Verb("seed", "Make demo data.", flags: [Flag("count", value: "N", "How many.")]) { words in
                Int32(try words.int("count", in: 1...100) ?? 50)
            },
        ],
        flags: [Flag("log-level", value: "LEVEL", "What to log.", fallback: "info", choices: ["debug", "info"])])

    private func read(_ line: String) throws -> (String, Words)? {
        guard case .run(let verb, let words) = try Self.table.read(line.split(separator: " ").map(String.init)) else { return nil }
        return (verb.name, words)
    }
    private func shown(_ line: String) throws -> String? {
        guard case .show(let text) = try Self.table.read(line.split(separator: " ").map(String.init)) else { return nil }
        return text
    }
    private func refusal(_ line: String) -> String? {
        do {
            _ = try Self.table.read(line.split(separator: " ").map(String.init))
            return nil
        } catch { return "\(error)" }
    }

    @Test("flags are read in any order and any of their forms") func flags() throws {
        for line in ["serve users courses --workers 3 --memory", "serve --memory -w 3 users courses", "serve users --workers=3 courses --memory"] {
            let (verb, words) = try #require(try read(line))
            #expect(verb == "serve")
            #expect(words.arguments == ["users", "courses"])
            #expect(words.value("workers") == "3")
            #expect(words.has("memory"))
            #expect(!words.has("log-level"))
        }
    }

    @Test("flags of the program are flags of every verb; the last value counts") func programFlags() throws {
        let (_, words) = try #require(try read("courses import a.ndjson --log-level debug --log-level info"))
        #expect(words.value("log-level") == "info")
        #expect(words.path == ["courses", "import"])
        #expect(words.argument(0) == "a.ndjson")
        #expect(words.argument(1) == nil)
    }

    @Test("after -- everything is a word") func words() throws {
        let (_, words) = try #require(try read("courses import -- --memory"))
        #expect(words.arguments == ["--memory"])
    }

    @Test(
        "what is not understood is refused with the thing that was meant",
        arguments: [
            ("serv", "\"serv\" is not a verb of lyceum; did you mean serve?"),
            ("sevre", "\"sevre\" is not a verb of lyceum; did you mean serve?"),
            ("frobnicate", "\"frobnicate\" is not a verb of lyceum"),
            ("courses improt x", "\"improt\" is not a verb of lyceum courses; did you mean import?"),
            ("courses", "lyceum courses needs a verb: import, export"),
            ("serve users --worker 3", "--worker is not a flag of serve; did you mean --workers?"),
            ("serve users --log-level loud", "\"loud\" is no --log-level; it is one of debug, info"),
            ("serve user", "\"user\" is no SERVICE; did you mean users?; it is one of all, users, courses"),
            ("serve", "SERVICE is missing: What to run. One of all, users, courses."),
            ("serve users --workers", "--workers needs a value: --workers N"),
            ("serve users --memory=1", "--memory takes no value"),
            ("courses import a b c", "\"c\" is one word too many"),
            ("--verison", "--verison is not a flag of lyceum"),
            ("help serv", "there is no verb \"serv\"; did you mean serve?"),
        ])
    func refused(line: String, expected: String) { #expect(refusal(line) == expected) }

    @Test("help of the program lists every verb that runs, with those above it") func programHelp() throws {
        for line in ["", "--help", "-h", "help"] {
            let help = try #require(try shown(line))
            #expect(help.hasPrefix("lyceum: the backend of an online-course platform\n\nUsage: lyceum VERB [FLAGS]\n"))
            #expect(help.contains("  serve SERVICE...             Run services until they are told to stop.\n"))
            #expect(help.contains("  courses import FILE [LIMIT]  Load a catalogue.\n"))
            #expect(help.contains("--log-level LEVEL"))
            #expect(help.contains("--version"))
            #expect(help.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
    }

    @Test("help of a verb says its words, flags, defaults and examples, however it is asked for") func verbHelp() throws {
        let help = try #require(try shown("help serve"))
        #expect(help == (try shown("serve --help")))
        #expect(help == (try shown("serve users -h")))
        #expect(help.contains("Usage: lyceum serve SERVICE... [FLAGS]"))
        #expect(help.contains("-w, --workers N"))
        #expect(help.contains("Threads of each pool. Default: 4."))
        #expect(help.contains("  lyceum serve all\n"))
        #expect(try shown("help courses import") == (try shown("courses import --help")))
        #expect(try #require(try shown("courses --help")).contains("courses export"))
    }

    @Test("the version is shown") func version() throws { #expect(try shown("--version") == "lyceum 1.0\n") }

    @Test(
        "the exit code is the verb's, 1 when it fails, 2 when the line is not understood",
        arguments: [
            ("serve all --memory", 7, ""), ("seed --count 5", 5, ""), ("courses export", 1, "lyceum: LYCEUM_X: is not set\n"),
            ("serv", 2, "lyceum: \"serv\" is not a verb of lyceum; did you mean serve?\nTry 'lyceum --help'.\n"),
            ("serve nothing", 2, "lyceum: \"nothing\" is no SERVICE; it is one of all, users, courses\nTry 'lyceum serve --help'.\n"),
            ("seed --count 500", 2, "lyceum: --count takes a whole number from 1 to 100, not \"500\"\nTry 'lyceum seed --help'.\n"),
            ("--version", 0, ""),
        ])
    func run(line: String, code: Int32, error: String) async {
        let errors = Locked("")
        let result = await Self.table.run(
            line.split(separator: " ").map(String.init), out: { _ in }, err: { text in errors.withLock { $0 += text } })
        #expect(result == code)
        #expect(errors.withLock { $0 } == error)
    }
}
