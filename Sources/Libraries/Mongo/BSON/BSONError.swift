/// A document that does not have the form that was asked for, or bytes that are no document.
public struct BSONError: Error, Sendable, Equatable {
    /// What is wrong at `path`.
    public enum Reason: Sendable, Equatable {
        /// There is no such field.
        case missing
        /// The field is of another kind.
        case kind(expected: BSONValue.Kind, found: BSONValue.Kind)
        /// The number or the date does not fit.
        case outOfRange
        /// A kind of value that Lyceum does not store (the number is the one in BSON's specification).
        case unsupported(type: UInt8)
        /// The bytes break off, or a length in them is wrong.
        case malformed
        /// More than 100 levels, which MongoDB refuses too.
        case tooDeep
        /// A name with a zero byte, which BSON cannot write.
        case zeroInName
        /// A value that the type to be read does not allow.
        case invalid
    }

    /// Where: names and indexes joined by dots, `sections.0.title`; empty for the document itself.
    public var path: String
    /// What is wrong there.
    public var reason: Reason

    /// An error at `path`.
    public init(path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// The same error, seen from one level further out.
    func under(_ outer: String) -> BSONError { BSONError(path: path.isEmpty ? outer : "\(outer).\(path)", reason) }
}

extension BSONError: CustomStringConvertible {
    /// Where and what, in a line.
    public var description: String {
        let place = path.isEmpty ? "the document" : path
        return switch reason {
        case .missing: "\(place): missing"
        case .kind(let expected, let found): "\(place): expected \(expected.rawValue), found \(found.rawValue)"
        case .outOfRange: "\(place): out of range"
        case .unsupported(let type): "\(place): BSON type \(type) is not supported"
        case .malformed: "\(place): malformed BSON"
        case .tooDeep: "\(place): more than 100 levels"
        case .zeroInName: "\(place): a name with a zero byte"
        case .invalid: "\(place): a value that is not allowed there"
        }
    }
}
