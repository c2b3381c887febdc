import CoursesAPI
import Events
import JSON
import Kit
import Mongo
import Stores
import Telemetry

extension MongoCourseStore {
    func course(_ id: CourseID) async throws -> Course? { try await courses.findOne(["_id": .id(id)]).map(Course.init(bson:)) }

    func standing(of id: CourseID) async throws -> CourseStanding? {
        try await courses.findOne(["_id": .id(id)], MongoFind(projection: CourseStanding.fields)).map(CourseStanding.init(bson:))
    }

    /// One question for the course and its version. The id alone is what MongoDB finds fastest: what state the course is in is looked at here.
    func page(of id: CourseID) async throws -> Buffer? {
        try await courses.aggregateOne(matching: ["_id": .id(id)], MongoCoursePage.pipeline, as: MongoCoursePage.json) ?? nil
    }

    func draftLecture(_ id: LectureID) async throws -> FoundLecture? {
        guard let found = try await lecture(id, in: courses, "draft") else { return nil }
        return FoundLecture(courseID: try found.id("_id"), versionID: nil, lecture: try found.document("lecture", read: Lecture.init(bson:)))
    }

    func publishedLecture(_ id: LectureID) async throws -> FoundLecture? {
        guard let found = try await lecture(id, in: versions, "content") else { return nil }
        return FoundLecture(courseID: try found.id("courseId"), versionID: try found.id("_id"), lecture: try found.document("lecture", read: Lecture.init(bson:)))
    }

    /// The one lecture without the texts of the others, from the newest document whose `content` holds it.
    private func lecture(_ id: LectureID, in collection: MongoCollection, _ content: String) async throws -> BSONDocument? {
        try await collection.aggregate([
            ["$match": [content + ".sections.lectures.id": .id(id)]], ["$sort": ["number": -1]], ["$limit": 1],
            ["$project": ["courseId": 1, "lecture": .string("$\(content).sections.lectures")]], ["$unwind": "$lecture"], ["$unwind": "$lecture"],
            ["$match": ["lecture.id": .id(id)]],
        ], limit: 1).items.first
    }

    func published(in categoryPath: String?, page request: PageRequest) async throws -> Page<CourseSummary> {
        var filter: BSONDocument = ["state": .string(CourseState.published.rawValue)]
        if let path = categoryPath { filter["live.categoryPaths"] = .string(path) }
        let found = try await newest(filter, by: "publishedAt", request, MongoCourseSummary.fields, as: MongoCourseSummary.summary)
        return Page(found: found, for: request) { Cursor($0.publishedAt.microseconds, $0.id) }
    }

    func authored(by user: UserID, page request: PageRequest) async throws -> Page<AuthoredCourse> {
        let found = try await newest(["instructors.userId": .id(user)], by: "updatedAt", request, AuthoredCourse.fields) { try AuthoredCourse(bson: $0.document()) }
        return Page(found: found, for: request) { Cursor($0.updatedAt.microseconds, $0.id) }
    }

    /// `fields` of a page and one more. Newest first, ties by id: stable while courses come and go.
    private func newest<T: Sendable>(
        _ filter: BSONDocument, by field: String, _ request: PageRequest, _ fields: BSONDocument, as read: @escaping @Sendable (borrowing BSONView) throws -> T
    ) async throws -> [T] {
        var filter = filter
        if let cursor = request.cursor {
            let (at, id) = (BSONValue.date(try cursor.timestamp(0)), BSONValue.id(try cursor.id(1, of: CourseTag.self)))
            filter["$or"] = .array([.document([field: ["$lt": at]]), .document([field: at, "_id": ["$lt": id]])])
        }
        return try await courses.find(filter, MongoFind(sort: [field: -1, "_id": -1], projection: fields, limit: request.limit + 1), as: read).items
    }

    func categories() async throws -> [Category] {
        try await categoryTree.find([:], MongoFind(sort: ["path": 1], limit: 1000)).items.map(Category.init(bson:))
    }

    /// Indexes, each with the question that needs it, and the categories that a new platform begins with. Running it again changes nothing.
    func migrate() async throws {
        try await courses.createIndexes([
            MongoIndex("courses_slug", ["slug": 1], isUnique: true),
            MongoIndex("courses_lectures", ["draft.sections.lectures.id": 1]),                                   // draftLecture(_:)
            MongoIndex("courses_published", ["state": 1, "publishedAt": -1, "_id": -1]),                         // published(in:)
            MongoIndex("courses_categories", ["state": 1, "live.categoryPaths": 1, "publishedAt": -1, "_id": -1]),   // published(in: category)
            MongoIndex("courses_authored", ["instructors.userId": 1, "updatedAt": -1, "_id": -1]),               // authored(by:)
            MongoIndex("courses_untold", ["countToldAt": 1], partial: ["isCountUntold": true]),                  // tellCounts
            MongoIndex("courses_imported", ["importKey": 1], isUnique: true, partial: ["importKey": ["$exists": true]]),   // an import taken up again
        ])
        try await versions.createIndexes([
            MongoIndex("versions_number", ["courseId": 1, "number": 1], isUnique: true),                         // one version a number
            MongoIndex("versions_lectures", ["content.sections.lectures.id": 1, "number": -1]),                  // publishedLecture(_:)
        ])
        try await categoryTree.createIndexes([MongoIndex("categories_path", ["path": 1], isUnique: true)])
        try await outbox.prepare()
        try await inbox.prepare()
        try await answers.prepare()
        for category in Category.initial {
            try await categoryTree.updateOne(["_id": .string(category.id)], ["$setOnInsert": .document(category.bson)], MongoUpdateOptions(upsert: true))
        }
    }
}
