import CoursesAPI
import Kit
import MediaAPI

/// Attaches what became of an upload to its lecture: a consumer of the media service's events.
struct AttachMedia: Sendable {
    static let types = [MediaReady.eventType, MediaRefused.eventType, MediaFailed.eventType]

    let store: any CourseStore
    let clock: WallClock

    func callAsFunction(_ event: Event) async throws {
        let (subject, asset) = try Self.asset(of: event)
        guard let course = CourseID(subject.courseID), let lecture = LectureID(subject.lectureID) else { throw EventError("names no course or lecture") }
        try await store.attach(asset, to: lecture, of: course, event: event, at: clock.now())
    }

    private static func asset(of event: Event) throws -> (AssetSubject, LectureAsset) {
        switch event.type {
        case MediaReady.eventType:
            let facts = try event.facts(MediaReady.self)
            let asset = LectureAsset(
                id: facts.asset.assetID.description, state: .ready, durationMs: facts.stream.durationMs, bytes: facts.stream.bytes,
                width: facts.stream.width, height: facts.stream.height, streamPath: facts.stream.path)
            return (facts.asset, asset)
        case MediaRefused.eventType:
            let facts = try event.facts(MediaRefused.self)
            return (facts.asset, LectureAsset(id: facts.asset.assetID.description, state: .refused, reason: facts.reason, detail: facts.detail))
        default:
            let facts = try event.facts(MediaFailed.self)
            return (facts.asset, LectureAsset(id: facts.asset.assetID.description, state: .failed, reason: facts.reason, detail: facts.detail))
        }
    }
}
