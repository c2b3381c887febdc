import Glibc
import LibAV

/// What went wrong inside the confined process besides libav's own errors, and is not the uploader's fault: refusals are no errors.
enum PipelineError: Error, Equatable {
    /// A file operation and its `errno`.
    case file(String, CInt)
    /// The finished stream is not what it should be.
    case check(String)
    /// An order that cannot be followed.
    case order(String)

    var detail: String {
        switch self {
        case .file(let operation, let code): "\(operation): \(String(cString: strerror(code)))"
        case .check(let detail), .order(let detail): detail
        }
    }
}
