/// A text that must not be seen: it prints, logs and reflects as `•••`.
public struct Secret: Sendable, Hashable {
    private let text: String

    /// Keeps `text` out of sight.
    public init(_ text: String) { self.text = text }

    /// The text itself, for the one place that needs it.
    public func reveal() -> String { text }

    static let mask = "•••"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `•••`.
    public var description: String { Secret.mask }
    /// Always `•••`.
    public var debugDescription: String { Secret.mask }
    /// Shows no child.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
