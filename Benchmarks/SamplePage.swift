import FoundationEssentials
import JSON
import Loop

/// A course of eight sections with eight lectures each, of the size of a page.
struct SamplePage: Encodable, JSONWritable {
    static let one = SamplePage()
    private static let encoder = Locked(JSONEncoder())

    /// As Foundation writes it.
    func encoded() throws -> Data { try Self.encoder.withLock { try $0.encode(self) } }

    struct Lecture: Encodable {
        let id, position: Int
        let title, kind: String
        let duration: Int
        let isPreview: Bool
    }
    struct Section: Encodable {
        let id, position: Int
        let title: String
        let lectures: [Lecture]
    }
    struct Named: Encodable {
        let id: Int
        let name: String
    }
    let id = 77
    let slug = "course-77"
    let title = "Complete Course Number 77: From Zero to Production"
    let subtitle = "A practical, project-driven path through subject 77"
    let description = String(repeating: "You will build real projects, read real code and ship them with confidence. ", count: 4)
    let category = Named(id: 18, name: "Category 18")
    let instructor = Named(id: 78, name: "User Number 78")
    let price = 3699
    let currency = "USD"
    let rating = 4.37
    let ratings = 2311
    let publishedAt = "2026-11-21T13:40:36.123Z"
    let sections = (1...8).map { section in
        Section(id: 600 + section, position: section, title: "Section \(section): building blocks of module \(section)", lectures: (1...8).map { lecture in
            Lecture(
                id: 5000 + section * 8 + lecture, position: lecture, title: "Lecture \(section).\(lecture): walkthrough",
                kind: ["video", "article", "quiz"][lecture % 3], duration: 120 + lecture * 37, isPreview: lecture == 1)
        })
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("slug", slug)
        json.field("title", title)
        json.field("subtitle", subtitle)
        json.field("description", description)
        for (name, value) in [("category", category), ("instructor", instructor)] as [(StaticString, Named)] {
            json.object(name) { json in
                json.field("id", value.id)
                json.field("name", value.name)
            }
        }
        json.field("price", price)
        json.field("currency", currency)
        json.field("rating", rating)
        json.field("ratings", ratings)
        json.field("publishedAt", publishedAt)
        json.array("sections") { json in for section in sections { Self.write(section, to: &json) } }
        json.endObject()
    }

    private static func write(_ section: Section, to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", section.id)
        json.field("position", section.position)
        json.field("title", section.title)
        json.array("lectures") { json in
            for lecture in section.lectures {
                json.beginObject()
                json.field("id", lecture.id)
                json.field("position", lecture.position)
                json.field("title", lecture.title)
                json.field("kind", lecture.kind)
                json.field("duration", lecture.duration)
                json.field("isPreview", lecture.isPreview)
                json.endObject()
            }
        }
        json.endObject()
    }
}
