/// What a lecture is.
public enum LectureKind: String, Sendable, CaseIterable {
    case video, article, resource
}

/// For whom a course is.
public enum CourseLevel: String, Sendable, CaseIterable {
    case beginner, intermediate, advanced, all
}

/// Where a course stands.
public enum CourseState: String, Sendable, CaseIterable {
    case draft, inReview, changesRequested, published, unlisted, archived
}
