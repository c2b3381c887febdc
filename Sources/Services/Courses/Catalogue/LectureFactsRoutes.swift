import CoursesAPI
import HTTP
import JSON
import Kit

/// What other services ask about courses and lectures.
struct LectureFactsRoutes: Sendable {
    let store: any CourseStore

    var routes: [Route] {
        [
            Route("GET", "/internal/v1/courses/{courseId}", .service(["media"]), handler: course),
            Route("GET", "/internal/v1/courses/{courseId}/lectures/{lectureId}", .service(["media"]), handler: draftLecture),
            Route("GET", "/internal/v1/lectures/{lectureId}", .service(["delivery"]), handler: playable),
        ]
    }

    private func course(_ context: RequestContext) async throws -> Response {
        guard let course = try await store.course(try context.id("courseId")) else { throw CoursesError.noSuchCourse }
        return .json(JSONWriter.object { $0.field("instructorIds", course.instructorIDs) })
    }

    private func draftLecture(_ context: RequestContext) async throws -> Response {
        guard let course = try await store.course(try context.id("courseId")), let lecture = course.draft.lecture(try context.id("lectureId")) else {
            throw CoursesError.noSuchLecture
        }
        return .json(JSONWriter.object { json in
            json.field("kind", lecture.kind.rawValue)
            json.field("instructorIds", course.instructorIDs)
        })
    }

    private func playable(_ context: RequestContext) async throws -> Response {
        let id: LectureID = try context.id("lectureId")
        guard let course = try await store.course(with: id) else { throw CoursesError.noSuchLecture }
        var live: Lecture?
        if let version = course.live, course.state == .published || course.state == .unlisted { live = try await store.version(version.id)?.lecture(id) }
        guard let lecture = live ?? course.draft.lecture(id) else { throw CoursesError.noSuchLecture }
        return .json(JSONWriter.object { json in
            json.field("courseId", course.id)
            json.field("kind", lecture.kind.rawValue)
            json.field("isLive", live != nil)
            json.field("isPreview", lecture.isPreview)
            json.field("instructorIds", course.instructorIDs)
            json.field("streamPath", lecture.asset?.streamPath)
            json.field("durationMs", lecture.durationMs)
        })
    }
}
