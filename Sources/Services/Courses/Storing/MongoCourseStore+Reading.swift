import CoursesAPI
import Events
import Kit
import Mongo
import Stores
import Telemetry

extension MongoCourseStore {
    func course(_ id: CourseID) async throws -> Course? { try await courses.findOne(["_id": .id(id)]).map(Course.init(bson:)) }

    func course(with lecture: LectureID) async throws -> Course? { try await courses.findOne(["lectureIds": .id(lecture)]).map(Course.init(bson:)) }

    func version(_ id: VersionID) async throws -> CourseContent? {
        try await versions.findOne(["_id": .id(id)]).map { try $0.document("content") { try CourseContent(bson: $0) } }
    }

    func published(in categoryPath: String?, page request: PageRequest) async throws -> Page<Course> {
        var filter: BSONDocument = ["state": .string(CourseState.published.rawValue)]
        // A category has those below it: its path, and all that begins with it and a slash ('0' follows '/').
        if let path = categoryPath {
            filter["live.categoryPaths"] = ["$elemMatch": ["$gte": .string(path), "$lt": .string(path + "0")]]
        }
        return try await page(filter, by: "publishedAt", request) { $0.live?.publishedAt ?? $0.createdAt }
    }

    func authored(by user: UserID, page request: PageRequest) async throws -> Page<Course> {
        try await page(["instructors.userId": .id(user)], by: "updatedAt", request) { $0.updatedAt }
    }

    /// Newest first, ties by id: stable while courses come and go.
    private func page(_ filter: BSONDocument, by field: String, _ request: PageRequest, time: (Course) -> Timestamp) async throws -> Page<Course> {
        var filter = filter
        if let cursor = request.cursor {
            let (at, id) = (BSONValue.date(try cursor.timestamp(0)), BSONValue.id(try cursor.id(1, of: CourseTag.self)))
            filter["$or"] = .array([.document([field: ["$lt": at]]), .document([field: at, "_id": ["$lt": id]])])
        }
        let found = try await courses.find(filter, MongoFind(sort: [field: -1, "_id": -1], limit: request.limit + 1))
        return Page(found: try found.items.map(Course.init(bson:)), for: request) { Cursor(time($0).microseconds, $0.id) }
    }

    func categories() async throws -> [Category] {
        try await categoryTree.find([:], MongoFind(sort: ["path": 1], limit: 1000)).items.map(Category.init(bson:))
    }

    /// Indexes, each with the question that needs it, and the categories that a new platform begins with. Running it again changes nothing.
    func migrate() async throws {
        try await courses.createIndexes([
            MongoIndex("courses_slug", ["slug": 1], isUnique: true),
            MongoIndex("courses_lectures", ["lectureIds": 1]),                                                   // course(with:)
            MongoIndex("courses_published", ["state": 1, "publishedAt": -1, "_id": -1]),                         // published(in:)
            MongoIndex("courses_categories", ["state": 1, "live.categoryPaths": 1, "publishedAt": -1]),          // published(in: category)
            MongoIndex("courses_authored", ["instructors.userId": 1, "updatedAt": -1, "_id": -1]),               // authored(by:)
            MongoIndex("courses_imported", ["importKey": 1], isUnique: true, partial: ["importKey": ["$exists": true]]),   // an import taken up again
        ])
        try await versions.createIndexes([MongoIndex("versions_number", ["courseId": 1, "number": 1], isUnique: true)])
        try await categoryTree.createIndexes([MongoIndex("categories_path", ["path": 1], isUnique: true)])
        try await outbox.prepare()
        try await inbox.prepare()
        for category in Category.initial {
            try await categoryTree.updateOne(["_id": .string(category.id)], ["$setOnInsert": .document(category.bson)], MongoUpdateOptions(upsert: true))
        }
    }
}
