import CoursesAPI
import Kit

/// Begins a course.
struct CreateCourse: Sendable {
    let store: any CourseStore
    let clock: WallClock

    func callAsFunction(_ edit: CourseEdit, by user: UserID, _ once: Once<Course> = .unkept) async throws -> Course {
        let content = try edit.applied(to: CourseContent(title: ""), categories: try await store.categories())
        let now = clock.now()
        let id = CourseID()
        // The end of the id makes the slug unique, and keeps it the same when the title changes.
        let slug = "\(Slug.make(content.title))-\(id.description.suffix(8))"
        let course = Course(
            id: id, slug: slug, ownerID: user, instructorIDs: [user], state: .draft, revision: 1, draftRevision: 1, draft: content, live: nil,
            rating: Course.Rating(average: nil, count: 0), enrolledCount: 0, createdAt: now, updatedAt: now)
        try await store.create(course, once)
        return course
    }
}
