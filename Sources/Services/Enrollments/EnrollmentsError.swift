import Kit

/// Why a use case of enrollments said no.
enum EnrollmentsError: Error, Equatable {
    /// There is no such course to enrol in.
    case noSuchCourse
    /// The course costs something.
    case purchaseRequired
    /// No grant of this student is active.
    case noAccess
    /// The lecture is not part of the version that the student learns.
    case noSuchLecture
    /// A report that does not fit the lecture's kind.
    case wrongReport(pointer: String, detail: String)
}

extension EnrollmentsError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .noSuchCourse: .notFound("There is no such course.")
        case .purchaseRequired:
            .conflict(slug: "purchase-required", title: "This course has to be bought", detail: "Only courses that cost nothing can be enrolled in directly.")
        case .noAccess: .forbidden("You have no access to this course.")
        case .noSuchLecture: .notFound("There is no such lecture in the version of the course that you learn.")
        case .wrongReport(let pointer, let detail): .invalid([FieldError(pointer: pointer, detail: detail)])
        }
    }
}
