@testable import Kit
import Testing
@testable import Server

@Suite("The command line of lyceum")
struct CommandLineTests {
    private func read(_ line: String) throws -> CommandLineTable.Outcome { try Lyceum.table.read(line.split(separator: " ").map(String.init)) }

    private func shown(_ line: String) throws -> String {
        guard case .show(let text) = try read(line) else {
            Issue.record("\(line) shows nothing")
            return ""
        }
        return text
    }

    /// Every verb with those above it: `courses import`.
    static let paths: [String] = Lyceum.table.verbs.flatMap { verb in [verb.name] + verb.verbs.map { "\(verb.name) \($0.name)" } }

    @Test("every verb explains itself, and what takes words or flags explains each", arguments: paths)
    func help(_ path: String) throws {
        let text = try shown("help \(path)")
        #expect(text.hasPrefix("lyceum \(path): "))
        #expect(text.contains("Usage: lyceum \(path)"))
        #expect(try shown("\(path) --help") == text)
        let names = path.split(separator: " ").map(String.init)
        let first = try #require(Lyceum.table.verbs.first { $0.name == names[0] })
        let verb = try #require(names.count == 1 ? first : first.verbs.first { $0.name == names[1] })
        #expect(verb.about.hasSuffix("."))
        for note in verb.arguments.map(\.note) + verb.flags.map(\.note) { #expect(note.hasSuffix(".") && text.contains(note.prefix(20))) }
    }

    @Test("the help names every verb that runs")
    func overview() throws {
        let text = try shown("")
        #expect(try shown("--help") == text)
        for verb in Lyceum.table.verbs {
            for name in verb.verbs.isEmpty ? [verb.name] : verb.verbs.map({ "\(verb.name) \($0.name)" }) { #expect(text.contains("\n  \(name)")) }
        }
        #expect(try shown("--version") == "lyceum 1.0.0\n")
    }

    @Test("what is not understood ends with 2 and one line that helps", arguments: [
        ("serv", "serve"), ("serve user", "users"), ("migrate", "SERVICE"), ("doctor --stak x", "stack"), ("courses inport x", "import"), ("courses", "import"),
        ("users grant a@b.at teacher", "instructor"), ("seed --stack x", "stack"),
    ])
    func refused(_ line: String, _ hint: String) async {
        let told = await Self.run(line)
        #expect(told.code == 2)
        #expect(told.error.hasPrefix("lyceum: "))
        #expect(told.error.contains(hint))
        #expect(told.error.split(separator: "\n").count == 2)
        #expect(told.output.isEmpty)
    }

    private static func run(_ line: String) async -> (code: Int32, output: String, error: String) {
        let (out, err) = (Told(), Told())
        let code = await Lyceum.table.run(line.split(separator: " ").map(String.init), out: { out.add($0) }, err: { err.add($0) })
        return (code, out.text, err.text)
    }
}
