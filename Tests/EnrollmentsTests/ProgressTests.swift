import CoursesAPI
import EnrollmentsAPI
import JSON
import Kit
import Loop
import Postgres
import Stores
import Telemetry
import TestRoutes
import TestStores
import Testing
@testable import Enrollments

@Suite("Progress")
struct ProgressTests {
    /// A student in a course of a video of 100 s and an article.
    static func enrolled(_ body: (TestService, KnownCourse, Principal) async throws -> Void) async throws {
        try await TestService.with(EnrollmentsService.self) { service async throws in
            let known = KnownCourse()
            try await service.know(known.event())
            let sam = student()
            #expect(await service.call("POST", "/v1/enrollments", as: sam, json: ["courseId": .string(known.course.description)]).status == 201)
            try await body(service, known, sam)
        }
    }

    static func report(_ service: TestService, _ known: KnownCourse, _ lecture: LectureID, _ sam: Principal, _ body: JSONValue) async -> (Int, JSONValue) {
        let answer = await untilServed {
            await service.call("PUT", "/v1/me/courses/\(known.course)/lectures/\(lecture)/progress", as: sam, json: body)
        }
        return (answer.status, answer.json)
    }

    @Test("intervals are united: twice, late or overlapping, the result is the same")
    func united() async throws {
        let reports: [JSONValue] = [["intervals": [[0, 10], [5, 20]]], ["intervals": [[40, 60]]], ["intervals": [[0, 20]]], ["intervals": [[50, 70], [90, 300]]]]
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 1, 3, 0, 2, 3]] {
            try await Self.enrolled { service, known, sam async throws in
                var last: JSONValue = .null
                for place in order {
                    let (status, body) = await Self.report(service, known, known.video, sam, reports[place])
                    #expect(status == 200)
                    last = body
                }
                // 20 + 30 + 10: what lies beyond the end of the video is cut off.
                #expect(last["coveredSeconds"]?.intValue == 60)
                #expect(last["percent"]?.intValue == 60)
                #expect(last["coursePercent"]?.intValue == 30)
                #expect(last["completed"]?.boolValue == false)
            }
        }
    }

    @Test("nine tenths complete a video, every lecture the course, each told once")
    func completion() async throws {
        try await Self.enrolled { service, known, sam async throws in
            #expect(await Self.report(service, known, known.video, sam, ["intervals": [[0, 89]]]).1["completed"]?.boolValue == false)
            #expect(await Self.report(service, known, known.video, sam, ["intervals": [[89, 90]], "positionSeconds": 90]).1["completed"]?.boolValue == true)
            #expect(try await service.told(CourseCompleted.eventType) == 0)
            let (_, done) = await Self.report(service, known, known.article, sam, ["completed": true])
            #expect(done["coursePercent"]?.intValue == 100)
            _ = await Self.report(service, known, known.article, sam, ["completed": true])
            _ = await Self.report(service, known, known.video, sam, ["intervals": [[0, 100]]])
            #expect(try await service.told(LectureCompleted.eventType) == 2)
            #expect(try await service.told(CourseCompleted.eventType) == 1)
            let course = await service.call("GET", "/v1/me/courses/\(known.course)", as: sam)
            #expect(course.json["state"]?.stringValue == "completed")
            #expect(course.json["lectures"]?[0]?["positionSeconds"]?.intValue == 90)
            let delivery = Principal(kind: .service("delivery"))
            let position = await service.callInternal(
                "GET", "/internal/v1/users/\(sam.userID!)/courses/\(known.course)/lectures/\(known.video)/position", as: delivery)
            #expect(position.json["positionSeconds"]?.intValue == 90)
        }
    }

    /// What a list of courses says of each: completed lectures, all lectures, percent.
    static func listed(_ service: TestService, _ sam: Principal) async -> [[Int?]] {
        let items = await service.call("GET", "/v1/me/courses", as: sam).json["items"]?.arrayValue ?? []
        return items.map { [$0["completedLectures"]?.intValue, $0["totalLectures"]?.intValue, $0["percent"]?.intValue] }
    }

    @Test("a list says how much is done, as the course itself does, after every report and after an enrollment that is made anew")
    func listed() async throws {
        try await Self.enrolled { service, known, sam async throws in
            let reports: [(LectureID, JSONValue, [Int])] = [
                (known.video, ["intervals": [[0, 50]]], [0, 2, 25]), (known.article, ["completed": true], [1, 2, 75]),
                (known.video, ["intervals": [[50, 95]]], [2, 2, 100]),
            ]
            #expect(await Self.listed(service, sam) == [[0, 2, 0]])
            for (lecture, body, expected) in reports {
                _ = await Self.report(service, known, lecture, sam, body)
                #expect(await Self.listed(service, sam) == [expected])
                let course = await service.call("GET", "/v1/me/courses/\(known.course)", as: sam).json
                #expect([course["completedLectures"]?.intValue, course["totalLectures"]?.intValue, course["percent"]?.intValue] == expected)
            }
            #expect(await service.call("POST", "/v1/enrollments", as: sam, json: ["courseId": .string(known.course.description)]).json["percent"]?.intValue == 100)
        }
    }

    @Test("enrollments from before shares were kept are counted as the service counts", arguments: [
        [], [[[0, 37]]], [[[0, 37]], true], [[[0, 95]]], [[[0, 95]], true],
    ] as [[JSONValue]])
    func migrated(steps: [JSONValue]) async throws {
        try await Self.enrolled { service, known, sam async throws in
            for step in steps {
                let isVideo = step.arrayValue != nil
                let body: JSONValue = isVideo ? ["intervals": step] : ["completed": step]
                #expect(await Self.report(service, known, isVideo ? known.video : known.article, sam, body).0 == 200)
            }
            let before = await Self.listed(service, sam)
            let pool = try service.context.postgres()
            let backfill = PackageResources._002_shares_sql
            let counting = String(decoding: backfill, as: UTF8.self).split(separator: ";").map(String.init).filter { !$0.contains("alter table") }
            #expect(counting.count { $0.contains("update") } == 2)
            try await service.context.loops.run {
                _ = try await pool.query(.once("update enrollments set completed_lectures = 0, total_lectures = 0, percent = 0"))
                for sql in counting where sql.contains("update") { _ = try await pool.query(.once(sql)) }
            }
            await pool.close()
            #expect(await Self.listed(service, sam) == before)
        }
    }

    @Test("the relay is woken by what was told alone, not by each report")
    func nudges() async throws {
        try await Self.enrolled { service, known, sam async throws in
            let (pool, nudges) = (try service.context.postgres(), Locked(0))
            let report = ReportProgress(store: PostgresEnrollmentStore(pool: pool, nudge: { nudges.withLock { $0 += 1 } }), clock: .system)
            let user = try #require(sam.userID)
            for (lecture, intervals, says, told) in [
                (known.video, [0..<10], false, 0), (known.video, [10..<95], false, 1), (known.video, [0..<95], false, 1), (known.article, [], true, 2),
                (known.article, [], true, 2),
            ] {
                let sent = ProgressReport(lectureID: lecture, intervals: intervals, positionSeconds: nil, saysCompleted: says)
                try await service.context.loops.run { _ = try await report(sent, by: user, in: known.course) }
                #expect(nudges.withLock { $0 } == told)
            }
            await pool.close()
        }
    }

    @Test("a report that does not fit the lecture changes nothing")
    func unfit() async throws {
        try await Self.enrolled { service, known, sam async throws in
            #expect(await Self.report(service, known, known.article, sam, ["intervals": [[0, 10]], "positionSeconds": 7]).0 == 422)
            #expect(await Self.report(service, known, known.video, sam, ["completed": true, "positionSeconds": 7]).0 == 422)
            let course = await service.call("GET", "/v1/me/courses/\(known.course)", as: sam).json
            #expect(course["lectures"]?.arrayValue?.allSatisfy { $0["positionSeconds"]?.intValue == 0 } == true)
            #expect(course["lastActivityAt"] == .null)
        }
    }

    @Test("reports at once complete a course once")
    func concurrent() async throws {
        try await Self.enrolled { service, known, sam async throws in
            let statuses = await withTaskGroup(of: Int.self) { group in
                for second in 0..<10 {
                    group.addTask { await Self.report(service, known, known.video, sam, ["intervals": [[.int(second * 10), .int(second * 10 + 10)]]]).0 }
                    group.addTask { await Self.report(service, known, known.article, sam, ["completed": true]).0 }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 20))
            #expect(try await service.told(CourseCompleted.eventType) == 1)
            #expect(await service.call("GET", "/v1/me/courses/\(known.course)", as: sam).json["percent"]?.intValue == 100)
        }
    }

    @Test("who has no access reports nothing; what does not fit the lecture is named")
    func refused() async throws {
        try await Self.enrolled { service, known, sam async throws in
            #expect(await Self.report(service, known, known.video, student(), ["intervals": [[0, 10]]]).0 == 403)
            #expect(await Self.report(service, known, LectureID(), sam, ["intervals": [[0, 10]]]).0 == 404)
            for (body, pointer) in [
                (["intervals": [[10, 5]]], "/intervals"), (["intervals": [[0]]], "/intervals"), (["intervals": "all"], "/intervals"), ([:], "/intervals"),
                (["positionSeconds": -1], "/positionSeconds"), (["completed": false], "/completed"), (["completed": true], "/completed"),
                (["watched": 1, "positionSeconds": 1], "/watched"),
            ] as [(JSONValue, String)] {
                let (status, problem) = await Self.report(service, known, known.video, sam, body)
                #expect(status == 422)
                #expect(problem["errors"]?[0]?["pointer"]?.stringValue == pointer)
            }
            #expect(await Self.report(service, known, known.article, sam, ["intervals": [[0, 10]]]).0 == 422)
        }
    }

    @Test("a share is a hundred percent only when every lecture is completed")
    func shares() {
        let almost = (0..<200).map { place in
            LectureShare(
                lectureID: LectureID(), kind: .video, durationSeconds: 100, coveredSeconds: place == 0 ? 89 : 100, positionSeconds: 0,
                completedAt: place == 0 ? nil : .now)
        }
        #expect(CourseShare(lectures: almost).percent == 99)
        #expect(CourseShare(lectures: []).percent == 0)
        #expect(CourseShare(lectures: Array(almost.dropFirst())).percent == 100)
    }
}
