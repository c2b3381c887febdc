import LibAV
public import JSON

/// Why the work on a file came to no verdict: nothing the uploader did, or something that cannot be told apart from it.
public struct MediaFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// A signal that programs get for their own mistakes ended the process that read the file.
        case crashed
        /// It took longer than it may.
        case timedOut
        case cpuLimit
        case outOfMemory
        case fileTooLarge
        case diskFull
        /// A file or folder of ours could not be used.
        case file
        /// libav or an encoder refused what should have worked.
        case media
        /// The finished stream does not hold what is promised of one.
        case check
        /// The process could not be started, or broke off without an answer.
        case process
    }

    public let kind: Kind
    /// For the log: names paths and codes, nothing out of the file itself.
    public let detail: String
    /// The same file will fail the same way: trying again helps nobody.
    public var isPermanent: Bool { [.crashed, .cpuLimit, .fileTooLarge, .media, .check].contains(kind) }
    public var description: String { "\(kind.rawValue): \(detail)" }

    public init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    init(_ error: any Error) {
        switch error {
        case let failure as MediaFailure: self = failure
        case let error as AVError:
            let kind: Kind = error.kind == .outOfMemory ? .outOfMemory : error.kind == .interrupted ? .timedOut : .media
            self.init(kind, error.description)
        case let error as PipelineError: self.init(error.kind, error.detail)
        default: self.init(.process, "\(error)")
        }
    }
}

extension MediaFailure: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("kind", kind.rawValue)
        json.field("detail", detail)
        json.endObject()
    }

    init(from fields: inout JSONFields) {
        self.init(fields.choice("kind", Kind.self) ?? .process, fields.string("detail", length: 0...4000))
    }
}
