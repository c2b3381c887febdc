/// The words and flags that a verb was given, checked against the table.
public struct Words: Sendable, Equatable {
    /// The words after the verb, in order.
    public internal(set) var arguments: [String] = []
    var values: [String: [String]] = [:]
    var switches: Set<String> = []
    /// How the command line named the verb: `courses import`.
    public internal(set) var path: [String] = []

    init() {}

    /// The word at `index`; nil when fewer were given.
    public func argument(_ index: Int) -> String? { arguments.indices.contains(index) ? arguments[index] : nil }

    /// Whether the flag was given.
    public func has(_ flag: String) -> Bool { switches.contains(flag) || values[flag] != nil }

    /// The value of the flag, the last one when it was given more than once.
    public func value(_ flag: String) -> String? { values[flag]?.last }

    /// The value of the flag as a whole number; throws a refusal (exit code 2) when it is none of `range`.
    public func int(_ flag: String, in range: ClosedRange<Int> = 0...Int.max) throws(CommandLineRefusal) -> Int? {
        guard let text = value(flag) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let most = range.upperBound == .max ? "" : " to \(range.upperBound)"
            throw CommandLineRefusal("--\(flag) takes a whole number from \(range.lowerBound)\(most), not \"\(text)\"", verb: path)
        }
        return number
    }
}
