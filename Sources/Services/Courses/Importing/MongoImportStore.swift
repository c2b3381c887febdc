import CoursesAPI
import Events
import Kit
import Mongo
import Stores
import Telemetry

/// Imported courses in MongoDB, beside those that were written here.
struct MongoImportStore: ImportStore {
    let store: MongoCourseStore
    private let imports: MongoCollection

    init(_ store: MongoCourseStore, database: String) {
        self.store = store
        imports = store.pool.collection(database, "imports")
    }

    func linesDone(of file: String) async throws -> Int { try await imports.findOne(["_id": .string(file)]).map { try $0.int("lines") } ?? 0 }

    func add(_ lines: [CatalogueLine], of file: String, linesDone: Int, at time: Timestamp) async throws -> Int {
        let added = try await store.pool.withTransaction { session in
            let keys = BSONValue.strings(lines.map(\.key))
            let known = try session.find(in: store.courses, ["importKey": ["$in": keys]], MongoFind(projection: ["importKey": 1], limit: lines.count + 1))
            let there = Set(try known.items.map { try $0.string("importKey") })
            let made = lines.filter { !there.contains($0.key) }.map { ImportedCourse($0, at: time) }
            for category in Set(made.flatMap { $0.line.categories.map(\.path) }).sorted() {
                guard let found = made.lazy.flatMap({ $0.line.categories }).first(where: { $0.path == category }) else { continue }
                try session.updateOne(in: store.categoryTree, ["_id": .string(found.id)], ["$setOnInsert": .document(found.bson)], MongoUpdateOptions(upsert: true))
            }
            if !made.isEmpty {
                try session.insertMany(made.map(\.document), into: store.courses).requireAll()
                try session.insertMany(made.map(\.version), into: store.versions).requireAll()
                try store.outbox.append(made.compactMap(\.event), in: session)
            }
            let progress: BSONDocument = ["$set": ["lines": .int(linesDone), "updatedAt": .date(time)]]
            try session.updateOne(in: imports, ["_id": .string(file)], progress, MongoUpdateOptions(upsert: true))
            return made.count
        }
        store.nudge()
        return added
    }
}

/// A line of a catalogue as a course that is published.
struct ImportedCourse: Sendable {
    let line: CatalogueLine
    let course: Course

    init(_ line: CatalogueLine, at time: Timestamp) {
        self.line = line
        var content = CourseContent(title: line.title)
        content.subtitle = line.subtitle
        content.description = line.description
        content.language = line.language
        content.levels = line.levels
        content.categoryIDs = line.categories.map(\.id)
        content.price = line.price
        content.objectives = line.objectives
        let id = CourseID()
        let live = LiveVersion(
            id: VersionID(), number: 1, publishedAt: line.publishedAt ?? time, title: line.title, subtitle: line.subtitle, language: line.language,
            levels: line.levels, categories: line.categories, price: line.price,
            instructors: line.instructors.map { LiveVersion.Instructor(id: nil, displayName: $0) }, lectures: [], lectureCount: line.lectureCount,
            durationMs: line.durationMs, source: line.source)
        course = Course(
            id: id, slug: "\(Slug.make(line.title))-\(id.description.suffix(12))", ownerID: nil, instructorIDs: [], state: .published, revision: 1,
            draftRevision: 1, draft: content, live: live, rating: Course.Rating(average: line.rating, count: line.ratings), enrolledCount: line.enrolled,
            createdAt: time, updatedAt: time)
    }

    var document: BSONDocument { course.bson.merging(["importKey": .string(line.key)]) }

    var version: BSONDocument {
        [
            "_id": .id(course.live?.id), "courseId": .id(course.id), "number": 1, "content": .document(course.draft.bson),
            "publishedAt": .optional(course.live?.publishedAt, BSONValue.date), "by": .null,
        ]
    }

    var event: Event? {
        course.listing(description: line.description, objectives: line.objectives).map { Event(CoursePublished($0), time: course.createdAt) }
    }
}
