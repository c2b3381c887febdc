import CoursesAPI
import Kit

/// Reads and edits drafts, for their instructors. To everyone else a draft does not exist.
struct EditDraft: Sendable {
    let store: any CourseStore
    let clock: WallClock

    /// The course, for someone who may see its draft: an instructor of it, support, or an admin.
    func read(_ id: CourseID, by principal: Principal) async throws -> Course {
        guard let course = try await store.course(id), let user = principal.userID, course.isInstructor(user) || principal.has(.admin) || principal.has(.support)
        else { throw CoursesError.noSuchCourse }
        return course
    }

    /// The course, for someone who may edit it, if it is still as the client read it.
    func readForEdit(_ id: CourseID, by principal: Principal, _ condition: IfMatch) async throws -> Course {
        guard let course = try await store.course(id), let user = principal.userID, course.isInstructor(user) else { throw CoursesError.noSuchCourse }
        guard course.state != .archived else { throw CoursesError.archived }
        try condition.check(revision: course.draftRevision)
        return course
    }

    func callAsFunction(_ id: CourseID, by principal: Principal, _ condition: IfMatch, _ edit: CourseEdit) async throws -> Course {
        let course = try await readForEdit(id, by: principal, condition)
        return try await replace(course, with: try edit.applied(to: course.draft, categories: try await store.categories()))
    }

    func callAsFunction(_ id: CourseID, by principal: Principal, _ condition: IfMatch, _ edit: OutlineEdit) async throws -> Course {
        let course = try await readForEdit(id, by: principal, condition)
        return try await replace(course, with: try edit.applied(to: course.draft))
    }

    private func replace(_ course: Course, with draft: CourseContent) async throws -> Course {
        guard draft.bytes <= CourseContent.maximumBytes else {
            throw CoursesError.invalid([FieldError(pointer: "", detail: "a course has at most \(CourseContent.maximumBytes >> 20) MiB of text")])
        }
        guard let edited = try await store.replaceDraft(of: course, with: draft, at: clock.now()) else { throw CoursesError.stale }
        return edited
    }
}
