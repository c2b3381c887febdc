import CoursesAPI
import Kit

/// Takes a player's report. Reports may come twice, late and out of order: intervals are merged, so the order does not matter.
struct ReportProgress: Sendable {
    let store: any EnrollmentStore
    let clock: WallClock

    func callAsFunction(_ report: ProgressReport, by user: UserID, in course: CourseID) async throws -> (lecture: LectureShare, course: CourseShare) {
        let now = clock.now()
        guard try await store.access(of: user, to: course, at: now).isGranted else { throw EnrollmentsError.noAccess }
        guard let result = try await store.record(report, of: user, in: course, at: now) else { throw EnrollmentsError.noSuchLecture }
        return result
    }
}

extension ProgressReport {
    /// Throws when it is no report of a lecture of this kind.
    func check(fits kind: LectureKind) throws(EnrollmentsError) {
        if kind == .video, saysCompleted {
            throw .wrongReport(pointer: "/completed", detail: "is for lectures that cannot be watched; a video is completed by watching it")
        }
        if kind != .video, !intervals.isEmpty {
            throw .wrongReport(pointer: "/intervals", detail: "is for videos; this lecture is a \(kind.rawValue)")
        }
    }
}
