/// Why a command line is not understood; exit code 2.
public struct CommandLineRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, and what was meant perhaps.
    public let description: String
    /// The verb whose help explains it.
    public let verb: [String]

    /// A refusal that sends the reader to the help of `verb`.
    public init(_ description: String, verb: [String] = []) {
        self.description = description
        self.verb = verb
    }
}
