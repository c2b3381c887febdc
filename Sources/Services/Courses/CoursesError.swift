import Kit

/// Why a use case of courses said no.
enum CoursesError: Error, Equatable {
    /// There is none, or it is not for this user to know.
    case noSuchCourse
    case noSuchSection
    case noSuchLecture
    /// Someone else edited it since.
    case stale
    /// What is missing before the draft can be published.
    case notPublishable([FieldError])
    /// Fields that are wrong together.
    case invalid([FieldError])
    /// Only a published course can be unlisted.
    case notPublished
    /// An archived course is closed.
    case archived
    /// The lecture is not open to this visitor.
    case noAccess
    case notSignedIn
}

extension CoursesError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .noSuchCourse: .notFound("There is no such course.")
        case .noSuchSection: .notFound("There is no such section in the draft.")
        case .noSuchLecture: .notFound("There is no such lecture.")
        case .stale: .preconditionFailed()
        case .notPublishable(let missing):
            Problem(slug: "not-publishable", title: "The draft is not complete", status: 422, detail: "See what is missing.", errors: missing)
        case .invalid(let errors): .invalid(errors)
        case .notPublished: .conflict(slug: "not-published", title: "The course is not published")
        case .archived: .conflict(slug: "course-archived", title: "The course is archived")
        case .noAccess: .forbidden("You have no access to this course. Enrol in it first.")
        case .notSignedIn: .unauthorized("Sign in to see this lecture.")
        }
    }
}
