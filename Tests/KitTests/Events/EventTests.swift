import JSON
import Telemetry
import Testing

@testable import Kit

private struct CourseRenamed: EventData, Equatable {
    static let eventType = "lyceum.course.renamed.v1"
    static let eventSource = "/services/courses"
    let courseId: UUID16
    let title: String
    var eventSubject: String { courseId.description }

    init(courseId: UUID16, title: String) {
        self.courseId = courseId
        self.title = title
    }
    init(from fields: inout JSONFields) {
        courseId = fields.parsed("courseId", "an id") { UUID16($0) } ?? .v7()
        title = fields.string("title", length: 1...100)
    }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("courseId", courseId)
        json.field("title", title)
        json.endObject()
    }
}

@Suite struct EventTests {
    private let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private var renamed: CourseRenamed { CourseRenamed(courseId: UUID16(high: 1, low: 2), title: "Ancient Greek") }

    @Test("an envelope is CloudEvents 1.0 and comes back as it went out") func roundTrip() throws {
        let event = Event(
            source: "/services/courses", type: "lyceum.course.renamed.v1", subject: "c", time: Timestamp(microseconds: 1_795_268_436_123_000),
            traceparent: trace, data: ["title": "Ancient Greek"])
        let bytes = event.jsonBuffer.array
        let json = try JSONValue.parse(bytes)
        #expect(json["specversion"] == "1.0")
        #expect(json["datacontenttype"] == "application/json")
        #expect(json["time"]?.stringValue?.hasPrefix("2026-11-21T") == true)
        #expect(try Event(decoding: bytes) == event)
    }

    @Test("facts come back as they went in, and the trace goes with them") func facts() throws {
        let current = try #require(Trace(traceparent: trace))
        let event = Trace.$current.withValue(current) { Event(renamed) }
        #expect(event.type == CourseRenamed.eventType)
        #expect(event.subject == renamed.eventSubject)
        #expect(event.traceparent == trace)
        #expect(try Event(decoding: event.jsonBuffer.array).facts(CourseRenamed.self) == renamed)
    }

    @Test("a field that a later version added is let through") func additive() throws {
        let event = Event(renamed)
        var data = try #require(event.data.objectValue)
        data["subtitle"] = "Read Homer"
        let later = Event(source: event.source, type: event.type, subject: event.subject, data: .object(data))
        #expect(try later.facts(CourseRenamed.self) == renamed)
    }

    @Test("data that do not fit say where") func misfit() {
        let event = Event(source: "/s", type: CourseRenamed.eventType, subject: "c", data: ["courseId": "x", "title": ""])
        let error = #expect(throws: EventError.self) { try event.facts(CourseRenamed.self) }
        #expect(error?.description == "/data/courseId must be an id; /data/title must not be empty")
        let other = Event(source: "/s", type: "lyceum.other.v1", subject: "c", data: [:])
        #expect(throws: EventError.self) { try other.facts(CourseRenamed.self) }
    }

    @Test("an envelope that lacks something is refused; an attribute of a later version is let through") func strict() throws {
        let good = try #require(try JSONValue.parse(Event(renamed).jsonBuffer).objectValue)
        let changes: [(String, JSONValue?)] = [
            ("specversion", "0.3"), ("specversion", nil), ("id", "1"), ("id", nil), ("source", ""), ("type", nil), ("type", 1), ("subject", nil),
            ("time", "yesterday"), ("datacontenttype", "text/xml"), ("traceparent", "00-0-0-0"), ("data", []), ("data", nil),
        ]
        for (name, value) in changes {
            var changed = good
            changed[name] = value
            #expect(throws: EventError.self, "\(name)") { try Event(.object(changed)) }
        }
        var later = good
        later["tracestate"] = "a=b"
        #expect(try Event(.object(later)) == Event(.object(good)))
        #expect(throws: EventError.self) { try Event(decoding: Array("{".utf8)) }
        #expect(throws: EventError.self) { try Event(decoding: Array("[]".utf8)) }
    }
}
