import CoursesAPI
import EnrollmentsAPI
import FoundationEssentials
import JSON
import Kit
import MediaAPI
import TestKit
import Testing
import UsersAPI

/// Every consumer reads by one of these: what a schema allows, they must take.
@Suite("Events made from their schemas, as consumers read them")
struct EventDecodingTests {
    static let kinds: [any EventData.Type] = [
        UserRegistered.self, UserVerificationRequested.self, UserVerified.self, CoursePublished.self, CourseUpdated.self, CourseUnlisted.self,
        EnrollmentGranted.self, LectureCompleted.self, CourseCompleted.self, MediaReady.self, MediaRefused.self, MediaFailed.self,
    ]
    private static let folder = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/docs/events"

    private func schema(_ type: String) throws -> JSONValue { try JSONValue.parse(try TestFolder.read("\(Self.folder)/\(type).json")) }

    private func facts<D: EventData>(_ event: Event, _: D.Type) throws -> JSONValue { try JSONValue.parse(try event.facts(D.self).jsonBuffer.array) }

    @Test("the least and the most that a schema allows are read, and what a later version adds anywhere is let through",
          arguments: kinds.map { $0.eventType }, EventExample.Size.allCases)
    func taken(type: String, size: EventExample.Size) throws {
        let kind = try #require(Self.kinds.first { $0.eventType == type }), schema = try schema(type)
        let made = EventExample(schema, size).event
        if size != .later { #expect(EventSchema(schema).complaints(about: made) == []) }
        let event = try Event(decoding: made.jsonBuffer.array)
        // What was read is told again as the schema has it: nothing was lost that the schema names.
        var told = try #require(made.objectValue)
        told["data"] = try facts(event, kind)
        told["addedLater"] = nil
        #expect(EventSchema(schema).complaints(about: .object(told)) == [])
        if size == .most { #expect(told["data"] == made["data"] || Self.readsByMeaning.contains(type)) }
    }

    /// Levels that are none, repeated ids: these are read for what they mean and need not come back letter by letter.
    private static let readsByMeaning: Set = ["lyceum.course.published.v1", "lyceum.course.updated.v1", "lyceum.course.unlisted.v1"]

    @Test("an event without a field that its schema requires is refused", arguments: kinds.map { $0.eventType })
    func refused(type: String) throws {
        let kind = try #require(Self.kinds.first { $0.eventType == type })
        let made = EventExample(try schema(type), .most).event
        for name in made["data"]?.objectValue?.members.map(\.name) ?? [] where !Self.mayBeNull(name, try schema(type)) {
            var (envelope, data) = (try #require(made.objectValue), try #require(made["data"]?.objectValue))
            data[name] = nil
            envelope["data"] = .object(data)
            let event = try Event(.object(envelope))
            #expect(throws: EventError.self, "\(name)") { try facts(event, kind) }
        }
    }

    private static func mayBeNull(_ name: String, _ schema: JSONValue) -> Bool {
        let field = schema["properties"]?["data"]?["properties"]?[name]
        return field?["anyOf"] != nil || field?["type"]?.arrayValue?.contains("null") == true
    }

    @Test("every schema in docs/events has its reader here")
    func all() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".json") }
        #expect(Set(files) == Set(Self.kinds.map { $0.eventType + ".json" }))
    }
}
