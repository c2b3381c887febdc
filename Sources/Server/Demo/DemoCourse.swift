import Curl
import JSON
import Telemetry

/// The demo course as an instructor writes it.
struct DemoCourse: Sendable {
    let client: DemoClient

    /// Its id.
    func write() async throws -> String {
        let made = try await client.send("POST", "/v1/courses", [
            "title": .string(Demo.title), "subtitle": "From an upload to a stream that plays everywhere",
            "description": "A short film, an article and a link: everything that a lecture can be.", "language": "en", "levels": ["beginner"],
            "categoryIds": ["photography"], "price": ["amount": 0, "currency": "EUR"], "objectives": ["Watch a film", "Read how it was made"],
        ], headers: [HeaderField("idempotency-key", "\"\(UUID16.v7())\"")])
        guard let id = made.body["id"]?.stringValue else { throw FileProblem("a course without an id") }
        var draft = made
        for (title, lectures) in Self.outline {
            draft = try await client.send("POST", "/v1/courses/\(id)/draft/sections", ["title": .string(title)], ifMatch: draft.etag)
            guard let section = draft.body["sections"]?.arrayValue?.last?["id"]?.stringValue else { throw FileProblem("a section without an id") }
            for lecture in lectures {
                draft = try await client.send("POST", "/v1/courses/\(id)/draft/sections/\(section)/lectures", lecture, ifMatch: draft.etag)
            }
        }
        return id
    }

    private static let outline: [(String, [JSONValue])] = [
        ("Watch", [["kind": "video", "title": "Big Buck Bunny, the first seconds", "isPreview": false]]),
        ("Read on", [
            ["kind": "article", "title": "What happened to the video", "isPreview": true, "article": """
                The upload came in pieces and could have been resumed. A worker leased the job and let a sandboxed child look at the file, encode it in several
                qualities and cut it into segments of six seconds. Then it was published, its playlist last, and the lecture heard of it through an event.
                """],
            ["kind": "resource", "title": "HTTP Live Streaming", "url": "https://www.rfc-editor.org/rfc/rfc8216"],
        ]),
    ]
}
