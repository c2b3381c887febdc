import CoursesAPI
import Events
import Kit
import Mongo
import Stores
import Telemetry

/// Courses, versions and categories in MongoDB. One document is one invariant; what is told is in the outbox of the same transaction.
struct MongoCourseStore: CourseStore {
    static let database = "courses"

    let pool: MongoPool
    /// Tells the relay that something waits.
    let nudge: @Sendable () -> Void
    let courses: MongoCollection
    let versions: MongoCollection
    let categoryTree: MongoCollection
    let outbox: MongoOutbox
    let inbox: MongoInbox
    let answers: MongoIdempotency

    init(_ pool: MongoPool, database: String, nudge: @escaping @Sendable () -> Void) {
        self.pool = pool
        self.nudge = nudge
        courses = pool.collection(database, "courses")
        versions = pool.collection(database, "versions")
        categoryTree = pool.collection(database, "categories")
        outbox = MongoOutbox(pool, database: database)
        inbox = MongoInbox(pool, database: database)
        answers = MongoIdempotency(pool, database: database)
    }

    func create(_ course: Course, _ once: Once<Course>) async throws {
        try await pool.withTransaction { session in
            try session.insertOne(course.bson, into: courses)
            try answers.keep(course, once: once, in: session)
        }
    }

    func replaceDraft(of course: Course, with draft: CourseContent, at time: Timestamp) async throws -> Course? {
        var edited = course
        edited.draft = draft
        edited.draftRevision += 1
        edited.updatedAt = time
        let set: BSONDocument = ["draft": .document(edited.draftBSON), "updatedAt": .date(time)]
        let found = try await courses.findOneAndUpdate(Self.unchanged(course), ["$set": .document(set)])
        return try found.map(Course.init(bson:))
    }

    /// The course as long as nobody edited its draft, published or unlisted it.
    private static func unchanged(_ course: Course) -> BSONDocument { ["_id": .id(course.id), "draft.revision": .int(course.draftRevision)] }

    /// What is live is part of what the listing shows, and of what carries the draft's revision as its tag.
    private static let grown: BSONValue = ["revision": 1, "draft.revision": 1]

    func publish(_ course: Course, as version: LiveVersion, by user: UserID, at time: Timestamp) async throws -> Course? {
        let document: BSONDocument = [
            "_id": .id(version.id), "courseId": .id(course.id), "number": .int(version.number), "content": .document(course.draft.bson),
            "publishedAt": .date(version.publishedAt), "by": .id(user),
        ]
        let set: BSONDocument = [
            "state": .string(CourseState.published.rawValue), "live": .document(version.bson), "publishedAt": .date(version.publishedAt),
            "updatedAt": .date(time),
        ]
        let (draft, trace) = (course.draft, Trace.current)
        let published = try await pool.withTransaction { session -> Course? in
            let update: BSONDocument = ["$set": .document(set), "$inc": Self.grown]
            guard let found = try session.findOneAndUpdate(in: courses, Self.unchanged(course), update) else { return nil }
            try session.insertOne(document, into: versions)
            let published = try Course(bson: found)
            if let listing = published.listing(description: draft.description, objectives: draft.objectives) {
                try outbox.append(Event(CoursePublished(listing), time: time, trace: trace), in: session)
            }
            return published
        }
        if published != nil { nudge() }
        return published
    }

    func unlist(_ course: Course, at time: Timestamp) async throws -> Course? {
        let trace = Trace.current
        let unlisted = try await pool.withTransaction { session -> Course? in
            let set: BSONDocument = ["state": .string(CourseState.unlisted.rawValue), "updatedAt": .date(time)]
            let update: BSONDocument = ["$set": .document(set), "$inc": Self.grown]
            guard let found = try session.findOneAndUpdate(in: courses, Self.unchanged(course), update) else { return nil }
            let unlisted = try Course(bson: found)
            if let listing = try listing(of: unlisted, session) { try outbox.append(Event(CourseUnlisted(listing), time: time, trace: trace), in: session) }
            return unlisted
        }
        if unlisted != nil { nudge() }
        return unlisted
    }

    func attach(_ asset: LectureAsset, to lecture: LectureID, of course: CourseID, event: Event, at time: Timestamp) async throws {
        try await pool.withTransaction { session in
            guard try inbox.insert(event.id, consumer: "media", in: session), let found = try session.findOne(in: courses, ["_id": .id(course)]) else { return }
            var known = try Course(bson: found)
            guard let s = known.draft.sections.firstIndex(where: { $0.lectures.contains { $0.id == lecture } }),
                  let l = known.draft.sections[s].lectures.firstIndex(where: { $0.id == lecture })
            else { return }
            // Ids grow with time: an upload that began earlier does not replace a later one.
            if let older = known.draft.sections[s].lectures[l].asset, older.id > asset.id { return }
            known.draft.sections[s].lectures[l].asset = asset
            known.draftRevision += 1
            let set: BSONDocument = ["draft": .document(known.draftBSON), "updatedAt": .date(time)]
            try session.updateOne(in: courses, ["_id": .id(course)], ["$set": .document(set)])
        }
    }

    func listing(of course: Course, _ session: borrowing MongoSession) throws -> CourseListing? {
        guard let live = course.live, let version = try session.findOne(in: versions, ["_id": .id(live.id)]) else { return nil }
        return course.listing(description: try version.optionalString("content.description"), objectives: try version.strings("content.objectives"))
    }
}
