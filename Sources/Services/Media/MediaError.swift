import Kit

/// Why a use case of media said no.
enum MediaError: Error, Equatable {
    /// There is none, or it is another's.
    case noSuchUpload
    case noSuchAsset
    /// There is no such lecture in a course of this instructor.
    case noSuchLecture
    /// The lecture is of a kind that takes no video.
    case notAVideoLecture
    /// The bytes begin elsewhere than where we are.
    case wrongOffset(expected: Int)
    /// Another request is sending bytes of the same upload.
    case busy
    case expired
    /// The disk does not have the bytes that it had.
    case lost
    /// All bytes are here already.
    case complete
    /// More bytes than were announced.
    case tooLong
    case tooLarge(limit: Int)
    /// No room on the disk.
    case full
    /// The worker's lease is over, or the job is done.
    case leaseLost
    case unsupportedVersion
}

extension MediaError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .noSuchUpload: .notFound("There is no such upload.")
        case .noSuchAsset: .notFound("There is no such asset.")
        case .noSuchLecture: .notFound("There is no such lecture in a course of yours.")
        case .notAVideoLecture: .conflict(slug: "not-a-video-lecture", title: "This lecture takes no video")
        case .wrongOffset(let expected):
            Problem(
                slug: "wrong-offset", title: "The bytes begin in the wrong place", status: 409,
                detail: "Ask for the offset with HEAD and go on from there.",
                headers: [("upload-offset", "\(expected)")])
        case .busy:
            Problem(slug: "upload-busy", title: "The upload is receiving bytes from another request", status: 423, headers: [("retry-after", "1")])
        case .expired: Problem(slug: "upload-expired", title: "The upload has expired", status: 410, detail: "Begin a new one.")
        case .lost: Problem(slug: "upload-lost", title: "What had arrived of the upload was lost", status: 410, detail: "Begin a new one.")
        case .complete: .conflict(slug: "upload-complete", title: "The upload is complete")
        case .tooLong: Problem(slug: "upload-too-long", title: "More bytes than were announced", status: 413)
        case .tooLarge(let limit): .tooLarge(limit: limit)
        case .full:
            Problem(slug: "storage-full", title: "There is no room for the upload at the moment", status: 507, headers: [("retry-after", "60")])
        case .leaseLost: .conflict(slug: "lease-lost", title: "The job is not leased with this token")
        case .unsupportedVersion:
            Problem(
                slug: "tus-version", title: "Another version of tus", status: 412, detail: "This server speaks tus 1.0.0: send Tus-Resumable: 1.0.0.",
                headers: [("tus-version", "1.0.0")])
        }
    }
}
