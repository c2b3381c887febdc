import Glibc

/// A program's command line: one table of verbs and flags from which it is read, explained and corrected.
public struct CommandLineTable: Sendable {
    /// What a command line asks for.
    public enum Outcome: Sendable {
        /// A text to show on standard output.
        case show(String)
        /// A verb to run.
        case run(Verb, Words)
    }

    /// The name that is typed.
    public let program: String
    /// One line on what it is.
    public let about: String
    /// What `--version` shows; nil for none.
    public let version: String?
    /// More, below the list of verbs.
    public let details: String
    /// What it can be told to do.
    public let verbs: [Verb]
    /// Flags of every verb.
    public let flags: [Flag]

    /// A table. Traps when it contradicts itself: a name twice, or a word after one that takes all.
    public init(program: String, about: String, version: String? = nil, details: String = "", verbs: [Verb], flags: [Flag] = []) {
        self.program = program
        self.about = about
        self.version = version
        self.details = details
        self.verbs = verbs
        self.flags = flags
        for verb in verbs { check(verb) }
        precondition(Set(verbs.map(\.name)).count == verbs.count, "two verbs of \(program) have one name")
    }

    private func check(_ verb: Verb) {
        let names = (verb.flags + flags + [.help]).map(\.name)
        precondition(Set(names).count == names.count, "two flags of \(verb.name) have one name")
        let letters = (verb.flags + flags + [.help]).compactMap(\.letter)
        precondition(Set(letters).count == letters.count, "two flags of \(verb.name) have one letter")
        precondition(verb.arguments.dropLast().allSatisfy { $0.count == .one }, "only the last argument of \(verb.name) may vary in number")
        precondition(Set(verb.verbs.map(\.name)).count == verb.verbs.count, "two verbs of \(verb.name) have one name")
        for inner in verb.verbs { check(inner) }
    }

    /// Reads a command line, without the program's own name in front.
    public func read(_ arguments: [String]) throws(CommandLineRefusal) -> Outcome {
        var rest = arguments[...]
        if rest.first == "--version", let version { return .show("\(program) \(version)\n") }
        if rest.first == "help" { return .show(try help(Array(rest.dropFirst()))) }
        var path: [String] = []
        var known = verbs
        while true {
            guard let word = rest.first else {
                if path.isEmpty { return .show(helpText()) }
                throw CommandLineRefusal("\(program) \(path.joined(separator: " ")) needs a verb: \(list(known.map(\.name)))", verb: path)
            }
            if word == "--help" || word == "-h" { return .show(try help(path)) }
            guard let verb = known.first(where: { $0.name == word }) else { throw unknown(word, after: path, among: known) }
            path.append(word)
            rest = rest.dropFirst()
            if verb.verbs.isEmpty {
                var reader = WordReader(verb: verb, flags: verb.flags + flags, path: path)
                guard let words = try reader.read(rest) else { return .show(try help(path)) }
                return .run(verb, words)
            }
            known = verb.verbs
        }
    }

    /// Reads a command line and does what it says; the value is the exit code: 0, what the verb says, 1 when it fails, 2 when it is not understood.
    public func run(
        _ arguments: [String] = Array(CommandLine.arguments.dropFirst()), out: @Sendable (String) -> Void = CommandLineTable.writeOut,
        err: @Sendable (String) -> Void = CommandLineTable.writeError
    ) async -> Int32 {
        do {
            switch try read(arguments) {
            case .show(let text):
                out(text)
                return 0
            case .run(let verb, let words):
                return try await verb.action?(words) ?? 0
            }
        } catch let refusal as CommandLineRefusal {
            let about = ([program] + refusal.verb).joined(separator: " ")
            err("\(program): \(refusal)\nTry '\(about) --help'.\n")
            return 2
        } catch {
            err("\(program): \(error)\n")
            return 1
        }
    }

    private func unknown(_ word: String, after path: [String], among known: [Verb]) -> CommandLineRefusal {
        let place = path.isEmpty ? program : "\(program) \(path.joined(separator: " "))"
        if word.hasPrefix("-") {
            let hint = Suggestion.text(for: word, among: (flags + [.help]).map { "--\($0.name)" })
            return CommandLineRefusal("\(word) is not a flag of \(place)\(hint)", verb: path)
        }
        return CommandLineRefusal("\"\(word)\" is not a verb of \(place)\(Suggestion.text(for: word, among: known.map(\.name)))", verb: path)
    }

    private func list(_ names: [String]) -> String { names.joined(separator: ", ") }

    /// Writes to standard output.
    @Sendable public static func writeOut(_ text: String) { write(text, to: STDOUT_FILENO) }
    /// Writes to standard error.
    @Sendable public static func writeError(_ text: String) { write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: CInt) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }
}
