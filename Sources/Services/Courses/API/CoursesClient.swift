public import Kit
internal import JSON

/// What other services ask the courses service.
public struct CoursesClient: Sendable {
    private let transport: any ServiceTransport
    public init(_ transport: any ServiceTransport) { self.transport = transport }

    /// A lecture of the draft of a course; nil when there is none.
    public func draftLecture(_ lecture: LectureID, of course: CourseID) async throws -> DraftLectureFacts? {
        let answer = try await transport.call(ServiceCall("GET", "courses", "/internal/v1/courses/\(course)/lectures/\(lecture)"))
        return try answer.fieldsIfFound(from: "courses") { fields in
            DraftLectureFacts(kind: fields.choice("kind", LectureKind.self) ?? .article, instructorIDs: fields.ids("instructorIds", count: 0...50))
        }
    }

    /// A lecture to be played; nil when there is none.
    public func playableLecture(_ lecture: LectureID) async throws -> PlayableLecture? {
        let answer = try await transport.call(ServiceCall("GET", "courses", "/internal/v1/lectures/\(lecture)"))
        return try answer.fieldsIfFound(from: "courses") { fields in
            PlayableLecture(
                courseID: fields.id("courseId"), kind: fields.choice("kind", LectureKind.self) ?? .article, isLive: fields.bool("isLive"),
                isPreview: fields.bool("isPreview"), instructorIDs: fields.ids("instructorIds", count: 0...50),
                streamPath: fields.optionalString("streamPath", length: 1...300), durationMs: fields.optionalInt("durationMs", in: 0...Int.max))
        }
    }
}
