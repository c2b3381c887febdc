import CoursesAPI
import EnrollmentsAPI
import Events
import Kit
import Postgres
import Stores
import Telemetry

extension PostgresEnrollmentStore {
    /// Held until the end of the transaction, so that two reports complete a course once.
    private static let lock = Statement("""
        select l.kind, l.duration_seconds from enrollments e
        join course_lectures l on l.course_id = e.course_id and l.version_id = e.version_id and l.lecture_id = $3
        where e.user_id = $1 and e.course_id = $2 for update of e
        """)
    /// Intervals are united, never replaced: a report that comes twice or late changes nothing. What lies beyond the end is cut off.
    private static let merge = Statement("""
        insert into progress as p (user_id, course_id, lecture_id, watched, position_seconds, updated_at)
        values ($1, $2, $3, $4::int4multirange * int4multirange(int4range(0, $5)), coalesce($6, 0), $7)
        on conflict (user_id, course_id, lecture_id) do update set watched = p.watched + excluded.watched,
            position_seconds = coalesce($6, p.position_seconds), updated_at = greatest(p.updated_at, excluded.updated_at)
        """)
    private static let complete = Statement("""
        update progress set completed_at = $4, completed_by = $5 where user_id = $1 and course_id = $2 and lecture_id = $3 and completed_at is null
        """)
    private static let touch = Statement("""
        update enrollments set last_activity_at = greatest(last_activity_at, $3), completed_lectures = $4, total_lectures = $5, percent = $6
        where user_id = $1 and course_id = $2
        """)
    private static let completeCourse = Statement("""
        with done as (insert into completions (user_id, course_id, completed_at) values ($1, $2, $3) on conflict do nothing returning 1)
        update enrollments set state = 'completed' where user_id = $1 and course_id = $2 and state = 'active' and exists (select from done)
        """)

    func record(
        _ report: ProgressReport, of user: UserID, in course: CourseID, at time: Timestamp
    ) async throws -> (lecture: LectureShare, course: CourseShare)? {
        let result = try await pool.withTransaction { transaction -> (lecture: LectureShare, course: CourseShare, isTold: Bool)? in
            let key: [Parameter] = [.id(user), .id(course)]
            let found = try await transaction.query(Self.lock, key + [.id(report.lectureID)])
            guard found.count == 1 else { return nil }
            try report.check(fits: LectureKind(rawValue: found.text(0, 0)) ?? .article)
            let duration = found.optionalInt4(0, 1)
            let merging = (Self.merge, key + Self.merging(report, duration, time))
            var lectures = Self.lectures(in: try await transaction.run([merging, (Self.shares, key)])[1])
            guard let at = lectures.firstIndex(where: { $0.lectureID == report.lectureID }) else { return nil }
            let isWatched = LectureShare.isWatched(lectures[at].coveredSeconds, of: duration)
            let completes = !lectures[at].isCompleted && (isWatched || report.saysCompleted)
            if completes { lectures[at].completedAt = time }
            let whole = CourseShare(lectures: lectures)
            let counts = [whole.completedLectures, whole.totalLectures, whole.percent].map { Parameter.int4(Int32(clamping: $0)) }
            var changes = [(Self.touch, key + [.timestamp(time)] + counts)]
            if completes {
                changes.append((Self.complete, key + [.id(report.lectureID), .timestamp(time), .text(isWatched ? "watched" : "said")]))
            }
            if whole.isComplete { changes.append((Self.completeCourse, key + [.timestamp(time)])) }
            let changed = try await transaction.run(changes)
            if completes {
                let completed = LectureCompleted(userID: user, courseID: course.description, lectureID: report.lectureID.description)
                try await Outbox.append(Event(completed, time: time), in: transaction)
            }
            let completesCourse = whole.isComplete && changed.last?.affected == 1
            if completesCourse {
                try await Outbox.append(Event(CourseCompleted(userID: user, courseID: course.description), time: time), in: transaction)
            }
            return (lectures[at], whole, completes || completesCourse)
        }
        guard let result else { return nil }
        if result.isTold { nudge() }
        return (result.lecture, result.course)
    }

    /// What is united with what was watched before.
    private static func merging(_ report: ProgressReport, _ duration: Int?, _ time: Timestamp) -> [Parameter] {
        let ranges = report.intervals.map { "[\($0.lowerBound),\($0.upperBound))" }.joined(separator: ",")
        return [
            .id(report.lectureID), .text("{\(ranges)}"), .int4(Int32(clamping: duration ?? 86_400)),
            .optional(report.positionSeconds) { .int4(Int32(clamping: $0)) }, .timestamp(time),
        ]
    }
}
