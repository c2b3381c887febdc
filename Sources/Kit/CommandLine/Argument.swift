/// A word that follows a verb: `FILE`, `SERVICE…`.
public struct Argument: Sendable {
    /// How many of it there are.
    public enum Count: Sendable, Equatable {
        /// Exactly one.
        case one
        /// None or one.
        case optional
        /// One or more; the last argument only.
        case many
        /// Any number; the last argument only.
        case any
    }
    /// In capitals, as help shows it.
    public let name: String
    /// How many of it there are.
    public let count: Count
    /// One line for help.
    public let about: String
    /// The only words that are taken, when there are few.
    public let choices: [String]

    /// A word that follows a verb.
    public init(_ name: String, _ about: String, _ count: Count = .one, choices: [String] = []) {
        self.name = name
        self.count = count
        self.about = about
        self.choices = choices
    }

    var usage: String {
        switch count {
        case .one: name
        case .optional: "[\(name)]"
        case .many: "\(name)..."
        case .any: "[\(name)...]"
        }
    }

    var note: String { choices.isEmpty ? about : "\(about) One of \(choices.joined(separator: ", "))." }
}
