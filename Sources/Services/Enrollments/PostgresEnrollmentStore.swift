import CoursesAPI
import EnrollmentsAPI
import Events
import Kit
import Postgres
import Stores
import Telemetry

/// Enrollments, grants and what is known of courses, in PostgreSQL. Progress is in `PostgresEnrollmentStore+Progress.swift`.
struct PostgresEnrollmentStore: EnrollmentStore {
    let pool: PostgresPool
    /// Tells the relay that something waits.
    let nudge: @Sendable () -> Void
    static let consumer = "courses"

    private static let facts = Statement("""
        select course_id, revision, version_id, title, state, price_amount, price_currency, lecture_count from course_facts where course_id = $1
        """, isReadOnly: true)

    func facts(of course: CourseID) async throws -> CourseFacts? { Self.facts(in: try await pool.query(Self.facts, [.id(course)])) }

    private static func facts(in rows: Rows) -> CourseFacts? {
        guard rows.count == 1 else { return nil }
        let price = rows.optionalInt8(0, 5).map { Money(amount: $0, currency: rows.text(0, 6)) }
        return CourseFacts(
            courseID: rows.id(0, 0), revision: rows.int8(0, 1), versionID: rows.id(0, 2), title: rows.text(0, 3),
            state: CourseState(rawValue: rows.text(0, 4)) ?? .archived, price: price, lectureCount: rows.int4(0, 7))
    }

    private static let keepFacts = Statement("""
        insert into course_facts (course_id, revision, version_id, title, state, price_amount, price_currency, instructor_ids, lecture_count)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (course_id) do update set revision = excluded.revision, version_id = excluded.version_id, title = excluded.title,
            state = excluded.state, price_amount = excluded.price_amount, price_currency = excluded.price_currency, instructor_ids = excluded.instructor_ids,
            lecture_count = excluded.lecture_count
        where course_facts.revision < excluded.revision
        """)
    private static let keepLectures = Statement("""
        insert into course_lectures (course_id, version_id, lecture_id, position, kind, duration_seconds, is_preview)
        select $1, $2, lecture.* from unnest($3::uuid[], $4::int[], $5::text[], $6::int[], $7::bool[]) as lecture(id, position, kind, seconds, preview)
        on conflict do nothing
        """)

    func keep(_ listing: CourseListing, of event: Event) async throws {
        try await pool.withTransaction { transaction in
            guard try await Inbox.insert(event.id, consumer: Self.consumer, in: transaction) else { return }
            let lectures = listing.lectures
            _ = try await transaction.run([
                (Self.keepFacts, [
                    .id(listing.courseID), .int(listing.revision), .id(listing.versionID), .text(listing.title), .text(listing.state.rawValue),
                    .optional(listing.price?.amount, Parameter.int), .optional(listing.price?.currency, Parameter.text), .ids(listing.instructorIDs),
                    .int4(Int32(clamping: lectures.count)),
                ]),
                (Self.keepLectures, [
                    .id(listing.courseID), .id(listing.versionID), .ids(lectures.map(\.id)), .int4Array(lectures.indices.map(Int32.init)),
                    .textArray(lectures.map(\.kind.rawValue)), .textArray(lectures.map { $0.durationMs.map { String(($0 + 500) / 1000) } }),
                    .boolArray(lectures.map(\.isPreview)),
                ]),
            ])
        }
    }

    private static let enrol = Statement("""
        insert into enrollments (user_id, course_id, version_id, enrolled_at, total_lectures) values ($1, $2, $3, $4, $5)
        on conflict (user_id, course_id) do update set state = 'active' where enrollments.state = 'withdrawn'
        returning xmax = 0
        """)
    private static let grant = Statement("""
        insert into grants (user_id, course_id, id, kind, source_kind, source_id, valid_from) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict on constraint grants_once do nothing
        """)

    /// Three round trips: what there is, what is made, what is told of it with the commit.
    func enrol(
        _ user: UserID, in course: CourseID, at time: Timestamp, _ once: Once<Enrolled>, grant: (CourseFacts?) throws(EnrollmentsError) -> NewGrant
    ) async throws -> Enrolled {
        let enrolled = try await pool.withTransaction { transaction in
            let facts = Self.facts(in: try await once.claim(in: transaction, with: [(Self.facts, [.id(course)])])[0])
            let grant = try grant(facts)
            guard let facts else { throw EnrollmentsError.noSuchCourse }
            let results = try await transaction.run(Self.making(grant, of: user, in: facts, at: time))
            let isNew = results[1].affected == 1, isFirst = isNew && results[0].count == 1 && results[0].bool(0, 0)
            // What was just made need not be read.
            let enrollment = isFirst ? Enrollment(of: user, in: facts, at: time) : try await Self.enrollment(of: user, in: course, transaction)
            let enrolled = Enrolled(enrollment: enrollment, isNew: isNew)
            let event = EnrollmentGranted(
                userID: user, courseID: course.description, courseTitle: facts.title, grantKind: grant.kind.rawValue, isFirst: isFirst)
            let telling = isNew ? [Outbox.appending(Event(event, time: time))] : []
            try await transaction.commit(telling + once.keeping(enrolled))
            return enrolled
        }
        if enrolled.isNew { nudge() }
        return enrolled
    }

    private static func making(_ grant: NewGrant, of user: UserID, in facts: CourseFacts, at time: Timestamp) -> [(Statement, [Parameter])] {
        [
            (enrol, [.id(user), .id(facts.courseID), .id(facts.versionID), .timestamp(time), .int4(Int32(clamping: facts.lectureCount))]),
            (Self.grant, [
                .id(user), .id(facts.courseID), .id(GrantID()), .text(grant.kind.rawValue), .text(grant.sourceKind), .text(grant.sourceID), .timestamp(time),
            ]),
        ]
    }

    private static let state = Statement("select state from enrollments where user_id = $1 and course_id = $2", isReadOnly: true)
    private static let grants = Statement("""
        select id, kind, valid_from, valid_until, revoked_at, revoked_because from grants where user_id = $1 and course_id = $2 order by id
        """, isReadOnly: true)

    func access(of user: UserID, to course: CourseID, at time: Timestamp) async throws -> Access {
        let key: [Parameter] = [.id(user), .id(course)]
        let results = try await pool.run([(Self.state, key), (Self.grants, key)])
        let rows = results[1]
        let grants = (0..<rows.count).map { row in
            Grant(
                id: rows.id(row, 0), kind: Grant.Kind(rawValue: rows.text(row, 1)) ?? .staff, validFrom: rows.timestamp(row, 2),
                validUntil: rows.optionalTimestamp(row, 3), revokedAt: rows.optionalTimestamp(row, 4), revokedBecause: rows.optionalText(row, 5))
        }
        let state = results[0].count == 1 ? Enrollment.State(rawValue: results[0].text(0, 0)) : nil
        return Access(courseID: course.description, state: state, grants: grants, time: time)
    }
}
