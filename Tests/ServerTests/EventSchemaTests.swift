import CoursesAPI
import EnrollmentsAPI
import JSON
import Kit
import MediaAPI
import Telemetry
import TestKit
import Testing
import UsersAPI

@Suite("Events and their schemas in docs/events")
struct EventSchemaTests {
    private static let course = CourseID()
    private static let text = LectureID().description

    private static var listing: CourseListing {
        var listing = CourseListing(
            courseID: course, revision: 3, versionID: VersionID(), state: .published, slug: "swift", title: "Swift", language: "en", publishedAt: .now, updatedAt: .now)
        listing.price = Money(amount: 1999, currency: "EUR")
        listing.levels = [.beginner]
        listing.lectures = [ListedLecture(id: LectureID(), kind: .video, durationMs: 1000, isPreview: true)]
        return listing
    }

    private static var asset: AssetSubject { AssetSubject(assetID: AssetID(), courseID: text, lectureID: text, ownerID: UserID()) }

    private static var stream: MediaStream {
        let rendition = Rendition(name: "v720", codec: "avc1.64001f", width: 1280, height: 720, bitrate: 1_000_000, bytes: 1000)
        return MediaStream(path: "streams/a/b", durationMs: 1000, width: 1280, height: 720, bytes: 1000, renditions: [rendition])
    }

    static var samples: [Event] {
        [
            Event(UserRegistered(userID: UserID())), Event(UserVerificationRequested(userID: UserID(), isActive: false)), Event(UserVerified(userID: UserID())),
            Event(CoursePublished(listing)), Event(CourseUpdated(listing)), Event(CourseUnlisted(listing)),
            Event(EnrollmentGranted(userID: UserID(), courseID: text, courseTitle: "Swift", grantKind: "free", isFirst: true)),
            Event(LectureCompleted(userID: UserID(), courseID: text, lectureID: text)), Event(CourseCompleted(userID: UserID(), courseID: text)),
            Event(MediaReady(asset: asset, stream: stream)), Event(MediaRefused(asset: asset, reason: "no-video", detail: "Why.")),
            Event(MediaFailed(asset: asset, reason: "crashed", detail: "Why.")),
        ]
    }

    @Test("each event is what its schema says, and a field that the schema does not know or misses is seen", arguments: samples)
    func conforms(_ event: Event) throws {
        let path = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/docs/events/\(event.type).json"
        let schema = EventSchema(try JSONValue.parse(try TestFolder.read(path)))
        let written = try JSONValue.parse(event.jsonBuffer.array)
        #expect(schema.complaints(about: written) == [])
        for name in written["data"]?.objectValue?.members.map(\.name) ?? [] {
            var (envelope, data) = (try #require(written.objectValue), try #require(written["data"]?.objectValue))
            data[name] = nil
            envelope["data"] = .object(data)
            #expect(schema.complaints(about: .object(envelope)) == ["/data/\(name) is missing"])
        }
    }
}
