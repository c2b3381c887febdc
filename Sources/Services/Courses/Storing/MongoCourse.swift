import CoursesAPI
import Kit
import Mongo
import Stores

// How a course lies in MongoDB.

extension Course {
    init(bson document: BSONDocument) throws {
        self.init(
            id: try document.id("_id"), slug: try document.string("slug"), ownerID: try document.optionalID("ownerId"),
            instructorIDs: try document.documents("instructors") { try $0.id("userId") }, state: try document.state(), revision: try document.int("revision"),
            draftRevision: try document.int("draft.revision"), draft: try document.document("draft") { try CourseContent(bson: $0) },
            live: try document.optionalDocument("live") { try LiveVersion(bson: $0) },
            rating: Rating(average: try document.optionalDouble("rating.average"), count: try document.int("rating.count")),
            enrolledCount: try document.int("enrolledCount"), createdAt: try document.date("createdAt"), updatedAt: try document.date("updatedAt"))
    }

    var bson: BSONDocument {
        [
            "_id": .id(id), "slug": .string(slug), "ownerId": .id(ownerID),
            "instructors": .array(instructorIDs.map { .document(["userId": .id($0), "role": .string($0 == ownerID ? "owner" : "instructor")]) }),
            "state": .string(state.rawValue), "revision": .int(revision), "draft": .document(draftBSON), "live": .optional(live) { .document($0.bson) },
            "rating": ["average": .optional(rating.average, BSONValue.double), "count": .int(rating.count)],
            "enrolledCount": .int(enrolledCount), "publishedAt": .optional(live?.publishedAt, BSONValue.date), "createdAt": .date(createdAt),
            "updatedAt": .date(updatedAt),
        ]
    }

    var draftBSON: BSONDocument { BSONDocument([(name: "revision", value: .int(draftRevision))]).merging(draft.bson) }
}

extension CourseStanding {
    init(bson document: BSONDocument) throws {
        self.init(
            id: try document.id("_id"), state: try document.state(), instructorIDs: try document.documents("instructors") { try $0.id("userId") },
            liveVersionID: try document.optionalID("live.versionId"))
    }

    static let fields: BSONDocument = ["state": 1, "instructors": 1, "live.versionId": 1]
}

extension AuthoredCourse {
    init(bson document: BSONDocument) throws {
        self.init(
            id: try document.id("_id"), title: try document.string("draft.title"), state: try document.state(), draftRevision: try document.int("draft.revision"),
            updatedAt: try document.date("updatedAt"))
    }

    static let fields: BSONDocument = ["draft.title": 1, "draft.revision": 1, "state": 1, "updatedAt": 1]
}

extension ListedCourse {
    /// All but the draft.
    static let fields: BSONDocument = ["slug": 1, "state": 1, "revision": 1, "live": 1, "rating": 1, "enrolledCount": 1, "updatedAt": 1]

    init(bson document: BSONDocument) throws {
        self.init(
            id: try document.id("_id"), slug: try document.string("slug"), state: try document.state(), revision: try document.int("revision"),
            live: try document.document("live") { try LiveVersion(bson: $0) },
            rating: Course.Rating(average: try document.optionalDouble("rating.average"), count: try document.int("rating.count")),
            enrolledCount: try document.int("enrolledCount"), updatedAt: try document.date("updatedAt"))
    }
}

extension LiveVersion {
    init(bson document: BSONDocument) throws {
        self.init(
            id: try document.id("versionId"), number: try document.int("number"), publishedAt: try document.date("publishedAt"),
            title: try document.string("title"), subtitle: try document.optionalString("subtitle"), language: try document.string("language"),
            levels: try document.strings("levels").compactMap(CourseLevel.init), categories: try document.documents("categories") { try Category(bson: $0) },
            price: try document.optionalDocument("price") { try Money(bson: $0) },
            instructors: try document.documents("instructors") { Instructor(id: try $0.optionalID("id"), displayName: try $0.string("displayName")) },
            lectures: try document.documents("lectures") { try ListedLecture(bson: $0) }, lectureCount: try document.int("lectureCount"),
            durationMs: try document.int("durationMs"), source: try document.optionalString("source"))
    }

    var bson: BSONDocument {
        [
            "versionId": .id(id), "number": .int(number), "publishedAt": .date(publishedAt), "title": .string(title),
            "subtitle": .optional(subtitle, BSONValue.string), "language": .string(language), "levels": .strings(levels.map(\.rawValue)),
            "categories": .array(categories.map { .document($0.bson) }), "categoryPaths": .strings(Category.withParents(categories)),
            "price": .optional(price) { .document($0.bson) },
            "instructors": .array(instructors.map { .document(["id": .id($0.id), "displayName": .string($0.displayName)]) }),
            "lectures": .array(lectures.map { .document($0.bson) }), "lectureCount": .int(lectureCount), "durationMs": .int(durationMs),
            "source": .optional(source, BSONValue.string),
        ]
    }
}

extension ListedLecture {
    init(bson document: BSONDocument) throws {
        self.init(
            id: try document.id("id"), kind: LectureKind(rawValue: try document.string("kind")) ?? .article, durationMs: try document.optionalInt("durationMs"),
            isPreview: try document.bool("isPreview"))
    }
    var bson: BSONDocument {
        ["id": .id(id), "kind": .string(kind.rawValue), "durationMs": .optional(durationMs, BSONValue.int), "isPreview": .bool(isPreview)]
    }
}

extension Category {
    init(bson document: BSONDocument) throws {
        self.init(id: try document.string("_id"), name: try document.string("name"), path: try document.string("path"))
    }
    var bson: BSONDocument { ["_id": .string(id), "name": .string(name), "path": .string(path)] }
}

extension BSONDocument {
    /// The state of a course.
    fileprivate func state() throws -> CourseState {
        guard let state = CourseState(rawValue: try string("state")) else { throw MongoError(.validation, message: "a course in an unknown state") }
        return state
    }
}
