/// What a program is told to do: `serve users`, `courses import FILE`. A verb either runs or has verbs below it.
public struct Verb: Sendable {
    /// What a verb does with its words; the value is the exit code.
    public typealias Action = @Sendable (Words) async throws -> Int32

    /// One lower-case word.
    public let name: String
    /// One line for the list of verbs.
    public let about: String
    /// More, for the verb's own help; lines are kept as they are.
    public let details: String
    /// Command lines that show its use, without the program's name.
    public let examples: [String]
    /// The words that follow.
    public let arguments: [Argument]
    /// Its flags, besides those of the program.
    public let flags: [Flag]
    /// The verbs below it.
    public let verbs: [Verb]
    let action: Action?

    /// A verb that runs.
    public init(
        _ name: String, _ about: String, details: String = "", examples: [String] = [], arguments: [Argument] = [], flags: [Flag] = [],
        run action: @escaping Action
    ) {
        self.init(name, about, details, examples, arguments, flags, [], action)
    }

    /// A verb that groups others.
    public init(_ name: String, _ about: String, details: String = "", examples: [String] = [], verbs: [Verb]) {
        self.init(name, about, details, examples, [], [], verbs, nil)
    }

    private init(
        _ name: String, _ about: String, _ details: String, _ examples: [String], _ arguments: [Argument], _ flags: [Flag], _ verbs: [Verb],
        _ action: Action?
    ) {
        self.name = name
        self.about = about
        self.details = details
        self.examples = examples
        self.arguments = arguments
        self.flags = flags
        self.verbs = verbs
        self.action = action
    }
}
