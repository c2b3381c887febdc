import Kit
import Loop
import MediaAPI
import MediaPipeline
import ObjectStore

/// What the work on a job came to.
enum JobVerdict: Sendable {
    case completed(MediaStream)
    case refused(reason: String, detail: String)
    case failed(JobFailure)
}

/// How a job ended for this worker, as logs and metrics count it.
enum JobOutcome: String, Sendable, CaseIterable {
    case completed, refused, failed
    /// The lease went to another worker, or ran out.
    case lost
    /// Given back since the worker stops.
    case released
    /// The media service could not be told: the lease runs out, and the job is handed out again.
    case unreported
}

/// Why a try came to nothing, in words for programs, for the instructor and for us.
struct JobFailure: Sendable, Equatable {
    let reason: String
    /// A sentence without names of files, codes or machines.
    let sentence: String
    /// For the log.
    let detail: String
    let isPermanent: Bool
    /// It says nothing of the file: the store is away, or has no room.
    let isPassing: Bool

    init(_ error: any Error) {
        detail = "\(error)"
        switch error {
        case let failure as MediaFailure:
            reason = failure.kind.rawValue
            sentence = Self.sentence(failure.kind)
            (isPermanent, isPassing) = (failure.isPermanent, false)
        case let error as ObjectStoreError:
            reason = error.kind == .notFound ? "originalMissing" : error.kind == .full ? MediaFailure.Kind.diskFull.rawValue : "storeUnavailable"
            sentence = error.kind == .notFound ? "The uploaded file is not there any more. Please upload it again." : Self.ours
            (isPermanent, isPassing) = (error.kind == .notFound, error.isRetriable)
        default:
            reason = "internal"
            sentence = Self.ours
            (isPermanent, isPassing) = (false, false)
        }
    }

    private static let ours = "The video could not be processed because of a fault on our side."

    private static func sentence(_ kind: MediaFailure.Kind) -> String {
        switch kind {
        case .crashed, .media, .check: "The video could not be processed. Saving it again in another format, such as MP4 with H.264, may help."
        case .timedOut, .cpuLimit, .outOfMemory, .fileTooLarge:
            "The video takes more time or memory to process than we allow. A shorter or smaller one may help."
        case .diskFull, .file, .process: ours
        }
    }
}
