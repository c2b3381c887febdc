import CoursesAPI
import JSON
import Kit
import Mongo

// What everyone may see of a course: from the bytes that MongoDB answers to the bytes that go out, field by field. What is not named here stays inside.

/// The page of a course: what it is, and its outline without what only students see.
enum MongoCoursePage {
    /// What follows a match of the course: its live version with the course in one document, and neither the draft nor what is long and not shown.
    static let pipeline = MongoPipeline(afterMatch: [
        ["$project": ["draft": 0, "live.lectures": 0]],
        ["$lookup": ["from": "versions", "localField": "live.versionId", "foreignField": "_id", "as": "version"]],
        ["$unwind": "$version"],
        ["$project": .document(hiddenLectureFields)],
    ])

    private static var hiddenLectureFields: BSONDocument {
        BSONDocument(["article", "url", "asset"].map { (name: "version.content.sections.lectures.\($0)", value: 0) })
    }

    /// Nil while the course is not open to everyone.
    static func json(of view: borrowing BSONView) throws -> Buffer? {
        var course = try view.fields()
        guard let state = CourseState(rawValue: try course.string("state")), state.isOpen else { return nil }
        var version = try course.document("version"), content = try version.document("content")
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        try MongoCourseSummary.writeFields(of: &course, to: &json)
        try version.write("_id", .uuid, as: "versionId", to: &json)
        try content.writeOptional("description", .string, to: &json)
        try content.write("objectives", .strings, to: &json)
        try content.write("requirements", .strings, to: &json)
        try content.write("audience", .strings, to: &json)
        try course.write("updatedAt", .date, to: &json)
        try content.writeObjects("sections", to: &json, writeSection)
        json.endObject()
        return json.finish()
    }

    private static func writeSection(_ section: inout BSONFields, to json: inout JSONWriter) throws {
        try section.write("id", .uuid, to: &json)
        try section.write("title", .string, to: &json)
        try section.writeObjects("lectures", to: &json) { lecture, json in
            try lecture.write("id", .uuid, to: &json)
            try lecture.write("kind", .string, to: &json)
            try lecture.write("title", .string, to: &json)
            try lecture.write("isPreview", .bool, to: &json)
            try lecture.writeOptional("durationMs", .int, to: &json)
        }
    }
}

/// A course as lists show it, which is also how its page begins.
enum MongoCourseSummary {
    /// What the summary is made of.
    static let fields: BSONDocument = [
        "slug": 1, "live.title": 1, "live.subtitle": 1, "live.language": 1, "live.levels": 1, "live.price": 1, "live.categories": 1, "live.instructors": 1,
        "live.durationMs": 1, "live.lectureCount": 1, "live.publishedAt": 1, "rating": 1, "enrolledCount": 1, "publishedAt": 1,
    ]

    /// One course of a list; the fields of `publishedAt` and the id are its place there.
    static func summary(of view: borrowing BSONView) throws -> CourseSummary {
        guard let id = try view.value("_id")?.uuidValue, let publishedAt = try view.value("publishedAt")?.dateValue else {
            throw MongoError(.validation, message: "a published course without its place in lists")
        }
        var course = try view.fields()
        let json = try JSONWriter.object { json in try writeFields(of: &course, to: &json) }
        return CourseSummary(id: CourseID(id), publishedAt: publishedAt, json: json)
    }

    static func writeFields(of course: inout BSONFields, to json: inout JSONWriter) throws {
        try course.write("_id", .uuid, as: "id", to: &json)
        try course.write("slug", .string, to: &json)
        var live = try course.document("live")
        try live.write("title", .string, to: &json)
        try live.writeOptional("subtitle", .string, to: &json)
        try live.write("language", .string, to: &json)
        try live.write("levels", .strings, to: &json)
        try live.writeOptionalObject("price", to: &json) { price, json in
            try price.write("amount", .int, to: &json)
            try price.write("currency", .string, to: &json)
        }
        try live.writeObjects("categories", to: &json, writeCategory)
        try live.writeObjects("instructors", to: &json) { instructor, json in
            try instructor.writeOptional("id", .uuid, to: &json)
            try instructor.write("displayName", .string, to: &json)
        }
        try live.write("durationMs", .int, to: &json)
        try live.write("lectureCount", .int, to: &json)
        try course.writeObject("rating", to: &json) { rating, json in
            try rating.writeOptional("average", .double, to: &json)
            try rating.write("count", .int, to: &json)
        }
        try course.write("enrolledCount", .int, to: &json)
        try live.write("publishedAt", .date, to: &json)
    }

    private static func writeCategory(_ category: inout BSONFields, to json: inout JSONWriter) throws {
        Category(id: try category.string("_id"), name: try category.string("name"), path: try category.string("path")).writeFields(to: &json)
    }
}
