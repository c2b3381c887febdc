import JSON

/// Why bytes are no event of ours. Delivering them again does not mend them.
public struct EventError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public let description: String

    /// What is wrong with the event.
    public init(_ description: String) { self.description = description }
}

extension EventError {
    init(_ error: JSONFieldsError) {
        self.init(error.description)
    }
}
