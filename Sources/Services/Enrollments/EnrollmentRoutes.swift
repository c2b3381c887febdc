import CoursesAPI
import HTTP
import JSON
import Kit

/// Enrolling, and what a student learns, over HTTP.
struct EnrollmentRoutes: Sendable {
    let store: any EnrollmentStore
    let enrol: EnrolStudent
    let answers: any IdempotencyStore
    let clock: WallClock

    var routes: [Route] {
        [
            Route("POST", "/v1/enrollments", .signedIn, idempotency: .optional, handler: post),
            Route("GET", "/v1/me/courses", .signedIn, handler: list),
            Route("GET", "/v1/me/courses/{courseId}", .signedIn, handler: get),
            Route("GET", "/v1/me/courses/{courseId}/access", .signedIn, handler: access),
        ]
    }

    private func post(_ context: RequestContext) async throws -> Response {
        let course: CourseID = try await context.fields { $0.id("courseId") }
        let user = try context.userID
        return try await context.once(answers) { enrolled in
            enrolled.isNew ? .created(location: "/v1/me/courses/\(course)", enrolled.enrollment) : .json(enrolled.enrollment)
        } effect: { once in
            try await enrol(user, in: course, once)
        }
    }

    private func list(_ context: RequestContext) async throws -> Response {
        .page(try await store.enrollments(of: context.userID, page: try context.page()), for: context)
    }

    private func get(_ context: RequestContext) async throws -> Response {
        guard let (enrollment, lectures) = try await store.enrollment(of: context.userID, in: try context.id("courseId")) else {
            throw Problem.notFound("You are not enrolled in this course.")
        }
        let body = JSONWriter.object { json in
            enrollment.writeFields(to: &json)
            json.field("lectures", lectures)
        }
        return Response.json(body).etag(ETag(hashing: body), for: context.request)
    }

    private func access(_ context: RequestContext) async throws -> Response {
        let course: CourseID = try context.id("courseId")
        guard try await store.facts(of: course) != nil else { throw EnrollmentsError.noSuchCourse }
        return .json(try await store.access(of: context.userID, to: course, at: clock.now()))
    }
}
