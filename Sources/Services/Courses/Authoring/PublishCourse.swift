import CoursesAPI
import Kit
import UsersAPI

/// Makes a draft the live version of its course, or takes the course out of the catalogue.
struct PublishCourse: Sendable {
    let store: any CourseStore
    let edit: EditDraft
    let users: UsersClient
    let clock: WallClock
    /// Forgets cached pages of a course.
    let forget: @Sendable (CourseID) async -> Void

    func callAsFunction(_ id: CourseID, by principal: Principal, _ condition: IfMatch) async throws -> Course {
        let course = try await edit.readForEdit(id, by: principal, condition)
        let missing = Self.missing(in: course.draft)
        guard missing.isEmpty else { throw CoursesError.notPublishable(missing) }
        let now = clock.now()
        let names = try await users.names(of: course.instructorIDs)
        let categories = try await store.categories()
        let draft = course.draft
        let version = LiveVersion(
            id: VersionID(), number: (course.live?.number ?? 0) + 1, publishedAt: now, title: draft.title, subtitle: draft.subtitle,
            language: draft.language, levels: draft.levels, categories: draft.categoryIDs.compactMap { id in categories.first { $0.id == id } },
            price: draft.price, instructors: course.instructorIDs.map { LiveVersion.Instructor(id: $0, displayName: names[$0] ?? "") },
            lectures: draft.lectures.map(\.listed), lectureCount: draft.lectures.count, durationMs: draft.durationMs, source: nil)
        guard let user = principal.userID, let published = try await store.publish(course, as: version, by: user, at: now) else { throw CoursesError.stale }
        await forget(id)
        return published
    }

    func unlist(_ id: CourseID, by principal: Principal, _ condition: IfMatch) async throws -> Course {
        let course = try await edit.readForEdit(id, by: principal, condition)
        guard course.state == .published else { throw CoursesError.notPublished }
        guard let unlisted = try await store.unlist(course, at: clock.now()) else { throw CoursesError.stale }
        await forget(id)
        return unlisted
    }

    /// Everything that keeps a draft from being published, each with its place in the draft.
    static func missing(in draft: CourseContent) -> [FieldError] {
        var missing: [FieldError] = []
        if draft.lectures.isEmpty { missing.append(FieldError(pointer: "/sections", detail: "needs at least one lecture")) }
        if draft.price == nil { missing.append(FieldError(pointer: "/price", detail: "is needed; an amount of 0 makes the course free")) }
        if draft.categoryIDs.isEmpty { missing.append(FieldError(pointer: "/categoryIds", detail: "needs at least one category")) }
        for (s, section) in draft.sections.enumerated() {
            for (l, lecture) in section.lectures.enumerated() {
                if let why = unfinished(lecture) { missing.append(FieldError(pointer: "/sections/\(s)/lectures/\(l)", detail: why)) }
            }
        }
        return missing
    }

    private static func unfinished(_ lecture: Lecture) -> String? {
        switch lecture.kind {
        case .article: lecture.article == nil ? "\(lecture.title): the article has no text" : nil
        case .resource: lecture.url == nil ? "\(lecture.title): the resource has no url" : nil
        case .video:
            switch lecture.asset?.state {
            case .ready: nil
            case nil: "\(lecture.title): the video is not ready; upload one, or wait until it is processed"
            case .refused: "\(lecture.title): the video was refused: \(lecture.asset?.detail ?? "")"
            case .failed: "\(lecture.title): the video could not be processed; upload it again"
            }
        }
    }
}
