import CoursesAPI
import EnrollmentsAPI
import HTTP
import JSON
import Loop
import Postgres
import Stores
import TestRoutes
import TestStores
import Testing
@testable import Enrollments
@testable import Kit

extension TestService {
    /// Asks for an enrollment under a key.
    func enrol(_ who: Principal, in known: KnownCourse, _ key: String, body: [UInt8]? = nil) async -> RouteCaller.Answer {
        let bytes = body ?? Array("{\"courseId\":\"\(known.course)\"}".utf8)
        return await call(
            "POST", "/v1/enrollments", as: who, headers: [("idempotency-key", "\"\(key)\""), ("content-type", "application/json")], body: bytes)
    }

    func sql(_ text: String) async throws -> Int {
        let pool = try context.postgres()
        let affected = try await context.loops.run { try await pool.query(.once(text)).affected }
        await pool.close()
        return affected
    }
}

@Suite("Enrolling under an Idempotency-Key")
struct KeyedEnrolTests {
    /// A service that knows a course, and a student.
    private func with(_ body: (TestService, KnownCourse, Principal) async throws -> Void) async throws {
        try await TestService.with(EnrollmentsService.self) { service async throws in
            let known = KnownCourse()
            try await service.know(known.event())
            try await body(service, known, student())
        }
    }

    @Test("a hundred at once make one enrollment and one event; each gets the same answer, or 409")
    func concurrent() async throws {
        try await with { service, known, sam async throws in
            let answers = await withTaskGroup(of: RouteCaller.Answer.self) { group in
                for _ in 0..<100 { group.addTask { await service.enrol(sam, in: known, "k") } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let made = answers.filter { $0.status == 201 }, running = answers.filter { $0.status == 409 }
            #expect(made.count + running.count == 100)
            #expect(made.count { $0.header("idempotency-replayed") == nil } == 1)
            #expect(Set(made.map(\.bytes)).count == 1)
            #expect(running.allSatisfy { $0.header("retry-after") == "1" && $0.json["type"]?.stringValue?.hasSuffix("/idempotency-key-running") == true })
            #expect(try await service.told(EnrollmentGranted.eventType) == 1)
            let again = await service.enrol(sam, in: known, "k")
            #expect(again.status == 201)
            #expect(again.bytes == made.first?.bytes)
            #expect(again.header("location") == "/v1/me/courses/\(known.course)")
        }
    }

    @Test("the answer stays what it was when the course has closed meanwhile; another body is 422, another student's key is their own")
    func kept() async throws {
        try await with { service, known, sam async throws in
            let ann = student()
            let first = await service.enrol(sam, in: known, "k")
            #expect(await service.enrol(ann, in: known, "k").status == 201)
            try await service.know(known.event(state: .unlisted, revision: 2))
            #expect(await service.enrol(student(), in: known, "k").status == 404)
            #expect(await service.enrol(sam, in: known, "k").bytes == first.bytes)
            #expect(await service.enrol(sam, in: known, "k", body: Array("{\"courseId\": \"\(known.course)\"}".utf8)).status == 422)
            #expect(try await service.told(EnrollmentGranted.eventType) == 2)
        }
    }

    @Test("while a request runs the same one is 409; when the process that runs it dies, the key is free at once")
    func died() async throws {
        try await with { service, known, sam async throws in
            struct Died: Error {}
            let request = IdempotentRequest(user: try #require(sam.userID), route: "POST /v1/enrollments", key: "k", fingerprint: [])
            let dying = try service.context.postgres(), others = try service.context.postgres(), runs = Locked(0)
            await #expect(throws: (any Error).self) {
                try await service.context.loops.run {
                    try await dying.withTransaction { transaction in
                        guard runs.withLock({ $0 += 1; return $0 }) == 1 else { throw Died() }
                        try await Once<Int>(request) { _ in Response() }.claim(in: transaction)
                        #expect(await service.enrol(sam, in: known, "k").status == 409)
                        #expect(await service.enrol(sam, in: known, "other").status == 201)
                        let backend = try await transaction.query(.once("select pg_backend_pid()")).int4(0, 0)
                        _ = try await others.query(.once("select pg_terminate_backend(\(backend), 10000)"))
                    }
                }
            }
            let answer = await service.enrol(sam, in: known, "k")
            #expect(answer.status == 200)
            #expect(answer.header("idempotency-replayed") == nil)
            await dying.close()
            await others.close()
        }
    }

    @Test("an answer is kept for a day and not longer, and what is old is removed in pieces")
    func expires() async throws {
        try await with { service, known, sam async throws in
            _ = await service.enrol(sam, in: known, "k")
            #expect(try await service.sql("update idempotency set created_at = now() - interval '86399 s'") == 1)
            #expect(await service.enrol(sam, in: known, "k").header("idempotency-replayed") == "true")
            #expect(try await service.sql("update idempotency set created_at = now() - interval '86401 s'") == 1)
            let anew = await service.enrol(sam, in: known, "k", body: Array("{ \"courseId\": \"\(known.course)\" }".utf8))
            #expect(anew.status == 200)
            #expect(anew.header("idempotency-replayed") == nil)
            _ = try await service.sql("""
                insert into idempotency select gen_random_uuid(), 'POST /', 'k', sha256(''), 200, '', '', now() - interval '2 days' from generate_series(1, 25)
                """)
            let pool = try service.context.postgres(), answers = PostgresIdempotency(pool)
            for removed in [10, 10, 5, 0] { #expect(try await service.context.loops.run { try await answers.sweep(limit: 10) } == removed) }
            await pool.close()
            #expect(await service.enrol(sam, in: known, "k", body: Array("{ \"courseId\": \"\(known.course)\" }".utf8)).header("idempotency-replayed") == "true")
        }
    }

    @Test("the table of the service is the one that is written down")
    func table() {
        let migration = String(decoding: EnrollmentsService.migrations[2].sql, as: UTF8.self)
        for line in PostgresIdempotency.table.split(separator: "\n") { #expect(migration.contains(line)) }
    }
}
