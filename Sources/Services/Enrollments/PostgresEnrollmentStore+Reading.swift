import CoursesAPI
import Kit
import Postgres
import Stores
import Telemetry

extension PostgresEnrollmentStore {
    private static let columns = """
        select e.course_id, f.title, e.version_id, e.state, e.enrolled_at, e.last_activity_at, e.completed_lectures, e.total_lectures, e.percent
        from enrollments e join course_facts f using (course_id)
        """
    private static let one = Statement(columns + " where e.user_id = $1 and e.course_id = $2", isReadOnly: true)
    private static let page = Statement("""
        \(columns) where e.user_id = $1 and ($2::timestamptz is null or (coalesce(e.last_activity_at, e.enrolled_at), e.course_id) < ($2, $3))
        order by coalesce(e.last_activity_at, e.enrolled_at) desc, e.course_id desc limit $4
        """, isReadOnly: true)
    /// What is covered is counted by the database, which keeps the intervals merged.
    static let shares = Statement("""
        select l.lecture_id, l.kind, l.duration_seconds,
            (select coalesce(sum(upper(r) - lower(r)), 0)::int from unnest(p.watched) r), coalesce(p.position_seconds, 0), p.completed_at
        from enrollments e
        join course_lectures l on l.course_id = e.course_id and l.version_id = e.version_id
        left join progress p on p.user_id = e.user_id and p.course_id = e.course_id and p.lecture_id = l.lecture_id
        where e.user_id = $1 and e.course_id = $2
        order by l.position
        """, isReadOnly: true)

    func enrollment(of user: UserID, in course: CourseID) async throws -> (enrollment: Enrollment, lectures: [LectureShare])? {
        let key: [Parameter] = [.id(user), .id(course)]
        let results = try await pool.run([(Self.one, key), (Self.shares, key)])
        guard results[0].count == 1 else { return nil }
        return (Self.enrollment(of: user, results[0], 0), Self.lectures(in: results[1]))
    }

    /// One that is there, as the transaction sees it.
    static func enrollment(of user: UserID, in course: CourseID, _ transaction: PostgresTransaction) async throws -> Enrollment {
        let rows = try await transaction.query(one, [.id(user), .id(course)])
        guard rows.count == 1 else { throw EnrollmentsError.noSuchCourse }
        return enrollment(of: user, rows, 0)
    }

    func enrollments(of user: UserID, page request: PageRequest) async throws -> Page<Enrollment> {
        let after = try request.cursor.map { (time: try $0.timestamp(0), course: try $0.id(1, of: CourseTag.self)) }
        let rows = try await pool.query(Self.page, [
            .id(user), .optional(after?.time, Parameter.timestamp), .id(after?.course), .int(request.limit + 1),
        ])
        let found = (0..<rows.count).map { Self.enrollment(of: user, rows, $0) }
        return Page(found: found, for: request) { Cursor($0.activity.microseconds, $0.courseID) }
    }

    private static let positionOf = Statement("""
        select position_seconds from progress where user_id = $1 and course_id = $2 and lecture_id = $3
        """, isReadOnly: true)

    func position(of user: UserID, in lecture: LectureID, of course: CourseID) async throws -> Int {
        let rows = try await pool.query(Self.positionOf, [.id(user), .id(course), .id(lecture)])
        return rows.count == 1 ? rows.int4(0, 0) : 0
    }

    private static func enrollment(of user: UserID, _ rows: Rows, _ row: Int) -> Enrollment {
        Enrollment(
            userID: user, courseID: rows.id(row, 0), courseTitle: rows.text(row, 1), versionID: rows.id(row, 2),
            state: Enrollment.State(rawValue: rows.text(row, 3)) ?? .suspended, enrolledAt: rows.timestamp(row, 4),
            lastActivityAt: rows.optionalTimestamp(row, 5),
            progress: CourseShare(completedLectures: rows.int4(row, 6), totalLectures: rows.int4(row, 7), percent: rows.int4(row, 8)))
    }

    static func lectures(in rows: Rows) -> [LectureShare] {
        (0..<rows.count).map { row in
            LectureShare(
                lectureID: rows.id(row, 0), kind: LectureKind(rawValue: rows.text(row, 1)) ?? .article, durationSeconds: rows.optionalInt4(row, 2),
                coveredSeconds: rows.int4(row, 3), positionSeconds: rows.int4(row, 4), completedAt: rows.optionalTimestamp(row, 5))
        }
    }
}
