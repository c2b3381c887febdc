/// What a run did, in numbers and in a line.
struct Outcome: Sendable, Equatable {
    /// After the verb's name: `nothing to do`.
    var summary: String
    /// False when index and MongoDB are known to differ.
    var isEqual = true
    /// Changes or courses read from MongoDB.
    var read = 0
    var written = WriteCount()
}
