public import HTTP
public import JSON

/// An error of a layer that knows nothing of HTTP, and yet knows what a client should hear: a use case's, a store's.
public protocol ProblemConvertible: Error {
    /// What the client hears.
    var problem: Problem { get }
}

extension Problem: ProblemConvertible {
    /// Itself.
    public var problem: Problem { self }
}

extension JSONFieldsError: ProblemConvertible {
    /// 422 with a pointer to each field.
    public var problem: Problem { .invalid(errors.map { FieldError(pointer: $0.pointer, detail: $0.detail) }) }
}

extension BodyError: ProblemConvertible {
    /// 413, or 400 for a body that broke off.
    public var problem: Problem {
        switch self {
        case .tooLarge(let limit): .tooLarge(limit: limit)
        case .clientGone: .malformed("The body broke off.")
        }
    }
}

extension TimeLimitError: ProblemConvertible {
    /// 503: it may be quicker the next time.
    public var problem: Problem { .unavailable("Something that is needed") }
}
