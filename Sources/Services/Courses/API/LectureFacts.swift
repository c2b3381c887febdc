public import Kit

/// A lecture of a draft, as the media service asks for it before it takes an upload.
public struct DraftLectureFacts: Sendable, Equatable {
    public let kind: LectureKind
    /// Who may upload for it.
    public let instructorIDs: [UserID]

    public init(kind: LectureKind, instructorIDs: [UserID]) {
        self.kind = kind
        self.instructorIDs = instructorIDs
    }
}

/// A lecture with what it takes to play it.
public struct PlayableLecture: Sendable, Equatable {
    public let courseID: CourseID
    public let kind: LectureKind
    /// Whether it is part of a version that can be learnt; else only its instructors see it.
    public let isLive: Bool
    public let isPreview: Bool
    public let instructorIDs: [UserID]
    /// `streams/<asset>/<hash>` in the object store; nil while there is none.
    public let streamPath: String?
    public let durationMs: Int?

    public init(
        courseID: CourseID, kind: LectureKind, isLive: Bool, isPreview: Bool, instructorIDs: [UserID], streamPath: String?, durationMs: Int?
    ) {
        self.courseID = courseID
        self.kind = kind
        self.isLive = isLive
        self.isPreview = isPreview
        self.instructorIDs = instructorIDs
        self.streamPath = streamPath
        self.durationMs = durationMs
    }
}
