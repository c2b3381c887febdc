/// A flag of a verb: `--workers 4`, `--dry-run`, `-n`.
public struct Flag: Sendable {
    /// Without its dashes, lower-case words joined by `-`.
    public let name: String
    /// The one-letter form.
    public let letter: Character?
    /// What its value is called in help, `N`; nil for a flag that is there or not.
    public let value: String?
    /// One line for help.
    public let about: String
    /// What is in force without it, as help says it.
    public let fallback: String?
    /// The only values that are taken, when there are few.
    public let choices: [String]

    /// A flag; one with a value when `value` is not nil.
    public init(
        _ name: String, letter: Character? = nil, value: String? = nil, _ about: String, fallback: String? = nil, choices: [String] = []
    ) {
        self.name = name
        self.letter = letter
        self.value = value
        self.about = about
        self.fallback = fallback
        self.choices = choices
    }

    static let help = Flag("help", letter: "h", "Show this help.")

    /// `-w, --workers N`
    var usage: String {
        let letters = letter.map { "-\($0), " } ?? "    "
        return "\(letters)--\(name)\(value.map { " \($0)" } ?? "")"
    }

    var note: String {
        var note = about
        if !choices.isEmpty { note += " One of \(choices.joined(separator: ", "))." }
        if let fallback { note += " Default: \(fallback)." }
        return note
    }
}
