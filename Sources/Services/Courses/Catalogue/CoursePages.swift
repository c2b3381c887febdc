import CoursesAPI
import JSON
import Kit

/// The bytes of course pages, made once and then kept for a while: everyone gets the same.
protocol CoursePages: Sendable {
    /// The page of a published course; throws `CoursesError.noSuchCourse` when there is none.
    func page(of course: CourseID) async throws -> Representation
    /// The course changed: its page is made anew.
    func forget(_ course: CourseID) async
}

/// Makes a page from the store.
struct MakeCoursePage: Sendable {
    let store: any CourseStore

    func callAsFunction(_ id: CourseID) async throws -> Buffer {
        guard let page = try await store.page(of: id) else { throw CoursesError.noSuchCourse }
        return page
    }
}
