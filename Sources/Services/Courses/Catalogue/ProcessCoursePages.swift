import CoursesAPI
import JSON
import Kit

/// Course pages kept in this process, in front of those that all processes share.
struct ProcessCoursePages: CoursePages {
    let cache: ProcessCache<CourseID, Representation>
    let shared: any CoursePages

    func page(of course: CourseID) async throws -> Representation {
        try await cache.value(course) { try await shared.page(of: course) }
    }

    /// Those who ask afterwards get a new page: here at once, and in other processes when what they keep is a moment old.
    func forget(_ course: CourseID) async {
        // In this order: an old page that is read from the others meanwhile is forgotten here.
        await shared.forget(course)
        cache.forget([course])
    }
}

extension ServiceContext {
    /// An empty cache for course pages: `LYCEUM_PAGE_FRESH`, `LYCEUM_PAGE_BYTES`.
    func coursePages() throws -> ProcessCache<CourseID, Representation> {
        var limits = ProcessCache<CourseID, Representation>.Limits()
        limits.freshMilliseconds = try configuration.milliseconds("PAGE_FRESH", default: limits.freshMilliseconds, in: 0...60_000)
        limits.bytes = try configuration.int("PAGE_BYTES", default: limits.bytes, in: 0...(1 << 34))
        return ProcessCache("course-page", limits, metrics: metrics) { $0.buffer.count }
    }
}
