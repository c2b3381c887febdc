import Glibc

/// What went wrong inside the confined process besides libav's own errors, and is not the uploader's fault: refusals are no errors.
enum PipelineError: Error, Equatable {
    /// A file operation and its `errno`.
    case file(String, CInt)
    /// The finished stream is not what it should be.
    case check(String)
    /// An order that cannot be followed.
    case order(String)

    var kind: MediaFailure.Kind {
        switch self {
        case .file(_, ENOMEM): .outOfMemory
        case .file(_, ENOSPC), .file(_, EDQUOT): .diskFull
        case .file(_, EFBIG): .fileTooLarge
        case .file: .file
        case .check: .check
        case .order: .process
        }
    }

    var detail: String {
        switch self {
        case .file(let operation, let code): "\(operation): \(String(cString: strerror(code)))"
        case .check(let detail), .order(let detail): detail
        }
    }
}
