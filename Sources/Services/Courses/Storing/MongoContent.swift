import CoursesAPI
import Kit
import Mongo
import Stores

// How the content of a course lies in MongoDB. What reads it checks every field: a document that does not fit is an error, never a guess.

extension CourseContent {
    init(bson document: BSONDocument) throws {
        self.init(title: try document.string("title"))
        subtitle = try document.optionalString("subtitle")
        description = try document.optionalString("description")
        language = try document.string("language")
        levels = try document.strings("levels").compactMap(CourseLevel.init)
        categoryIDs = try document.strings("categoryIds")
        price = try document.optionalDocument("price") { try Money(bson: $0) }
        objectives = try document.strings("objectives")
        requirements = try document.strings("requirements")
        audience = try document.strings("audience")
        sections = try document.documents("sections") { try Section(bson: $0) }
    }

    var bson: BSONDocument {
        [
            "title": .string(title), "subtitle": .optional(subtitle, BSONValue.string), "description": .optional(description, BSONValue.string),
            "language": .string(language), "levels": .strings(levels.map(\.rawValue)), "categoryIds": .strings(categoryIDs),
            "price": .optional(price) { .document($0.bson) }, "objectives": .strings(objectives), "requirements": .strings(requirements),
            "audience": .strings(audience), "sections": .array(sections.map { .document($0.bson) }),
        ]
    }
}

extension Money {
    init(bson document: BSONDocument) throws { self.init(amount: try document.int("amount"), currency: try document.string("currency")) }
    var bson: BSONDocument { ["amount": .int(amount), "currency": .string(currency)] }
}

extension Section {
    init(bson document: BSONDocument) throws {
        self.init(id: try document.id("id"), title: try document.string("title"), lectures: try document.documents("lectures") { try Lecture(bson: $0) })
    }
    var bson: BSONDocument { ["id": .id(id), "title": .string(title), "lectures": .array(lectures.map { .document($0.bson) })] }
}

extension Lecture {
    init(bson document: BSONDocument) throws {
        guard let kind = LectureKind(rawValue: try document.string("kind")) else { throw MongoError(.validation, message: "a lecture of an unknown kind") }
        self.init(
            id: try document.id("id"), kind: kind, title: try document.string("title"), isPreview: try document.bool("isPreview"),
            article: try document.optionalString("article"), url: try document.optionalString("url"),
            asset: try document.optionalDocument("asset") { try LectureAsset(bson: $0) })
    }

    var bson: BSONDocument {
        [
            "id": .id(id), "kind": .string(kind.rawValue), "title": .string(title), "isPreview": .bool(isPreview),
            "article": .optional(article, BSONValue.string), "url": .optional(url, BSONValue.string), "durationMs": .optional(durationMs, BSONValue.int),
            "asset": .optional(asset) { .document($0.bson) },
        ]
    }
}

extension LectureAsset {
    init(bson document: BSONDocument) throws {
        guard let state = State(rawValue: try document.string("state")) else { throw MongoError(.validation, message: "an asset in an unknown state") }
        self.init(
            id: try document.string("id"), state: state, durationMs: try document.optionalInt("durationMs"), bytes: try document.optionalInt("bytes"),
            width: try document.optionalInt("width"), height: try document.optionalInt("height"), streamPath: try document.optionalString("streamPath"),
            reason: try document.optionalString("reason"), detail: try document.optionalString("detail"))
    }

    var bson: BSONDocument {
        [
            "id": .string(id), "state": .string(state.rawValue), "durationMs": .optional(durationMs, BSONValue.int), "bytes": .optional(bytes, BSONValue.int),
            "width": .optional(width, BSONValue.int), "height": .optional(height, BSONValue.int), "streamPath": .optional(streamPath, BSONValue.string),
            "reason": .optional(reason, BSONValue.string), "detail": .optional(detail, BSONValue.string),
        ]
    }
}
