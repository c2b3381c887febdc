public import JSON
internal import Kit
internal import Telemetry

extension CourseListing: JSONWritable {
    /// Reads what `write` wrote; fields that came later are let through.
    public init(from fields: inout JSONFields) {
        self.init(
            courseID: fields.id("courseId"), revision: fields.int("revision", in: 0...Int.max), versionID: fields.id("versionId"),
            state: fields.choice("state", CourseState.self) ?? .draft, slug: fields.string("slug", length: 0...400),
            title: fields.string("title", length: 0...1000), language: fields.string("language", length: 0...20),
            publishedAt: fields.timestamp("publishedAt"), updatedAt: fields.timestamp("updatedAt"))
        subtitle = fields.optionalString("subtitle", length: 0...2000)
        description = fields.optionalString("description", length: 0...4000)
        levels = fields.strings("levels", count: 0...10, length: 1...20).compactMap(CourseLevel.init)
        categoryIDs = fields.strings("categoryIds", count: 0...20, length: 1...200)
        categoryPaths = fields.strings("categoryPaths", count: 0...20, length: 1...400)
        categoryNames = fields.strings("categoryNames", count: 0...20, length: 1...200)
        price = fields.optionalObject("price") { Money(from: &$0) }
        instructorIDs = fields.ids("instructorIds", count: 0...50)
        instructorNames = fields.strings("instructorNames", count: 0...50, length: 0...400)
        objectives = fields.strings("objectives", count: 0...50, length: 0...1000)
        ratingAverage = fields.optionalDouble("ratingAverage", in: 0...5)
        ratingCount = fields.int("ratingCount", in: 0...Int.max)
        enrolledCount = fields.int("enrolledCount", in: 0...Int.max)
        lectures = fields.array("lectures", count: 0...1000) { ListedLecture(from: &$0) }
        durationMs = fields.int("durationMs", in: 0...Int.max)
        source = fields.optionalString("source", length: 0...100)
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        writeFields(to: &json)
        json.endObject()
    }

    func writeFields(to json: inout JSONWriter) {
        json.field("courseId", courseID)
        json.field("revision", revision)
        json.field("versionId", versionID)
        json.field("state", state.rawValue)
        json.field("slug", slug)
        json.field("title", title)
        json.field("subtitle", subtitle)
        json.field("description", description)
        json.field("language", language)
        json.field("levels", levels.map(\.rawValue))
        json.field("categoryIds", categoryIDs)
        json.field("categoryPaths", categoryPaths)
        json.field("categoryNames", categoryNames)
        json.field("price", price)
        json.field("instructorIds", instructorIDs)
        json.field("instructorNames", instructorNames)
        json.field("objectives", objectives)
        json.field("ratingAverage", ratingAverage)
        json.field("ratingCount", ratingCount)
        json.field("enrolledCount", enrolledCount)
        json.field("lectures", lectures)
        json.field("durationMs", durationMs)
        json.field("source", source)
        json.field("publishedAt", publishedAt.rfc3339)
        json.field("updatedAt", updatedAt.rfc3339)
    }
}
