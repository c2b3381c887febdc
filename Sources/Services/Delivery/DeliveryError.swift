import Kit

/// Why playback said no.
enum DeliveryError: Error, Equatable {
    /// There is no such lecture, or none that this visitor may know of.
    case noSuchLecture
    /// Nobody is signed in, and the lecture is no preview.
    case notSignedIn
    /// No grant is active.
    case noAccess
    /// The lecture is no video.
    case notPlayable
    /// The video is not ready.
    case notReady
    /// The signed path opens nothing.
    case badPath(OpenSSLPlaybackSigner.Refusal)
    /// There is no such file in the stream.
    case noSuchFile
    /// The range begins beyond the end of a file of `size` bytes.
    case beyondEnd(size: Int)
}

extension DeliveryError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .noSuchLecture: .notFound("There is no such lecture.")
        case .notSignedIn: .unauthorized("Sign in to play this lecture.")
        case .noAccess: .forbidden("You have no access to this course. Enrol in it first.")
        case .notPlayable:
            .conflict(slug: "not-playable", title: "This lecture is no video", detail: "Read it with GET /v1/courses/{courseId}/lectures/{lectureId}.")
        case .notReady: .conflict(slug: "video-not-ready", title: "The video is not ready", detail: "It is still being processed, or was refused.")
        case .badPath(.expired): .forbidden("The signed path has expired. Ask for playback again.")
        case .badPath(.forged): .forbidden("The signed path is not valid.")
        case .noSuchFile: .notFound("There is no such file in this stream.")
        case .beyondEnd(let size):
            Problem(slug: "range-not-satisfiable", title: "The range is not in the file", status: 416, headers: [("content-range", "bytes */\(size)")])
        }
    }
}
