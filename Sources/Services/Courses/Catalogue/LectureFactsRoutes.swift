import CoursesAPI
import HTTP
import JSON
import Kit

/// What other services ask about courses and lectures.
struct LectureFactsRoutes: Sendable {
    let store: any CourseStore

    var routes: [Route] {
        [
            Route("GET", "/internal/v1/courses/{courseId}/lectures/{lectureId}", .service(["media"]), handler: draftLecture),
            Route("GET", "/internal/v1/lectures/{lectureId}", .service(["delivery"]), handler: playable),
        ]
    }

    private func draftLecture(_ context: RequestContext) async throws -> Response {
        let id: CourseID = try context.id("courseId")
        guard let found = try await store.draftLecture(try context.id("lectureId")), found.courseID == id, let course = try await store.standing(of: id) else {
            throw CoursesError.noSuchLecture
        }
        return .json(JSONWriter.object { json in
            json.field("kind", found.lecture.kind.rawValue)
            json.field("instructorIds", course.instructorIDs)
        })
    }

    private func playable(_ context: RequestContext) async throws -> Response {
        let id: LectureID = try context.id("lectureId")
        var known = try await store.publishedLecture(id)
        let isPublished = known != nil
        if known == nil { known = try await store.draftLecture(id) }
        guard let found = known, let course = try await store.standing(of: found.courseID) else { throw CoursesError.noSuchLecture }
        return .json(JSONWriter.object { json in
            json.field("courseId", course.id)
            json.field("kind", found.lecture.kind.rawValue)
            json.field("isLive", isPublished && course.state.isOpen)
            json.field("isPreview", found.isPreview(of: course))
            json.field("instructorIds", course.instructorIDs)
            json.field("streamPath", found.lecture.asset?.streamPath)
            json.field("durationMs", found.lecture.durationMs)
        })
    }
}
