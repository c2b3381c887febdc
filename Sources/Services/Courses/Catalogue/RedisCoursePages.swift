import CoursesAPI
import JSON
import Kit
import Redis

/// Course pages in Redis; while it is away each page is made from the store.
struct RedisCoursePages: CoursePages {
    /// A page that could not be forgotten, since Redis was away, is wrong for so long at most.
    static let seconds = 60

    let cache: RedisCache
    let make: MakeCoursePage

    func page(of course: CourseID) async throws -> Representation {
        Representation(try await cache.value(course.description, seconds: Self.seconds) { try await make(course) })
    }

    func forget(_ course: CourseID) async { await cache.invalidate([course.description]) }
}
