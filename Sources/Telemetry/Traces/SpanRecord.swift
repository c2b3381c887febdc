/// What a step was to those on its other side, with the numbers that OpenTelemetry's protocol gives it.
public enum SpanKind: Int, Sendable {
    /// A step of this process alone.
    case inside = 1
    /// It answered somebody.
    case server
    /// It asked somebody and waited for the answer.
    case client
    /// It told somebody who acts on it later.
    case producer
    /// It acted on what was told before.
    case consumer
}

/// The value of an attribute.
public enum SpanValue: Sendable, Equatable {
    /// A text.
    case string(String)
    /// A whole number.
    case int(Int)
}

/// A name of OpenTelemetry's semantic conventions, and its value: never a person's, never a secret.
public typealias SpanAttribute = (name: StaticString, value: SpanValue)

/// A step of a trace that is over.
public struct SpanRecord: Sendable {
    /// Whose step it was.
    public let service: String
    /// The trace, and the step's own id in it.
    public let trace: Trace
    /// The step that it was part of; nil for the first of a trace.
    public let parentID: UInt64?
    /// What it was to others.
    public let kind: SpanKind
    /// Of few values, as a metric's label is: `GET /v1/courses/{courseId}`, `select courses`.
    public let name: String
    /// When it began.
    public let start: Timestamp
    /// When it ended; never before it began.
    public let end: Timestamp
    /// What is known of it.
    public let attributes: [SpanAttribute]
    /// Why it failed, in a word; nil when it did not.
    public let failure: String?

    /// 16 hexadecimal digits.
    public var parentIDText: String? { parentID.map(hexadecimal) }
}
