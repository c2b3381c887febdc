import CoursesAPI
import Kit

/// Takes a player's report. Reports may come twice, late and out of order: intervals are merged, so the order does not matter.
struct ReportProgress: Sendable {
    let store: any EnrollmentStore
    let clock: WallClock

    func callAsFunction(_ report: ProgressReport, by user: UserID, in course: CourseID) async throws -> (lecture: LectureShare, course: CourseShare) {
        let now = clock.now()
        guard try await store.access(of: user, to: course, at: now).isGranted else { throw EnrollmentsError.noAccess }
        guard let known = try await store.enrollment(of: user, in: course)?.lectures.first(where: { $0.lectureID == report.lectureID }) else {
            throw EnrollmentsError.noSuchLecture
        }
        if known.kind == .video, report.saysCompleted {
            throw EnrollmentsError.wrongReport(pointer: "/completed", detail: "is for lectures that cannot be watched; a video is completed by watching it")
        }
        if known.kind != .video, !report.intervals.isEmpty {
            throw EnrollmentsError.wrongReport(pointer: "/intervals", detail: "is for videos; this lecture is a \(known.kind.rawValue)")
        }
        guard let result = try await store.record(report, of: user, in: course, at: now) else { throw EnrollmentsError.noSuchLecture }
        return result
    }
}
