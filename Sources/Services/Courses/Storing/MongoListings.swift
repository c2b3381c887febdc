package import CoursesAPI
import Kit
package import Mongo
import Stores

/// What MongoDB knows of courses that have a listing, for those who keep a copy: read as a whole in bounded memory, by id, and as changes.
package struct MongoListings: Sendable {
    /// A listing without its text.
    package struct Revision: Sendable, Equatable {
        package let id: CourseID
        package let revision: Int
        /// Whether catalogue and search show it.
        package let isPublished: Bool
    }

    /// Courses that changed, and where to go on.
    package struct Changes: Sendable {
        package let ids: Set<CourseID>
        package let token: BSONDocument
        /// The collection was dropped or renamed: what the courses were is not told, read all of it.
        package let isBroken: Bool
        /// How many changes were read.
        package let count: Int

        /// MongoDB's clock at the token; nil when the token cannot be read. It is the first part of it: a tag and 64 bits, in hexadecimal.
        package var clusterTime: UInt64? {
            guard let text = token["_data"]?.stringValue, text.hasPrefix("82"), text.count >= 18 else { return nil }
            return UInt64(text.dropFirst(2).prefix(16), radix: 16)
        }
    }

    /// The database of the courses, unless the configuration names another.
    package static let defaultDatabase = MongoCourseStore.database

    private let courses: MongoCollection
    private let versions: MongoCollection
    /// A course has a listing from its first publication on.
    private static let listed: BSONDocument = ["live": ["$ne": nil]]

    package init(_ pool: MongoPool, database: String) {
        courses = pool.collection(database, "courses")
        versions = pool.collection(database, "versions")
    }

    /// How many courses catalogue and search show.
    package func publishedCount() async throws -> Int {
        try await courses.count(Self.listed.merging(["state": .string(CourseState.published.rawValue)]))
    }

    /// All listings in the order of their ids, a page at a time; a listing that changes meanwhile comes as it is when its page is read.
    package func pages(size: Int) -> MongoScan<BSONDocument> {
        courses.scan(Self.listed, projection: ListedCourse.fields, pageSize: size) { try $0.document() }
    }

    /// The listings of a page's documents.
    package func listings(of documents: [BSONDocument]) async throws -> [CourseListing] {
        let ids = documents.compactMap { $0.value("live.versionId") }
        let fields: BSONDocument = ["content.description": 1, "content.objectives": 1]
        let found = try await versions.find(["_id": ["$in": .array(ids)]], MongoFind(projection: fields, limit: max(ids.count, 1)))
        var texts: [VersionID: BSONDocument] = [:]
        for version in found.items { texts[try version.id("_id")] = version }
        return try documents.compactMap { document in
            let course = try ListedCourse(bson: document)
            guard let text = texts[course.live.id] else { throw MongoError(.validation, message: "a live version without its content") }
            return course.listing(description: try text.optionalString("content.description"), objectives: try text.strings("content.objectives"))
        }
    }

    /// The listings of these courses; what has none is left out. At most 1,000 ids.
    package func listings(of ids: some Collection<CourseID>) async throws -> [CourseListing] {
        guard !ids.isEmpty else { return [] }
        let filter: BSONDocument = Self.listed.merging(["_id": ["$in": .ids(Array(ids))]])
        return try await listings(of: courses.find(filter, MongoFind(projection: ListedCourse.fields, limit: ids.count)).items)
    }

    /// Ids and revisions in the order of the ids.
    package func revisions(pageSize: Int) -> MongoScan<Revision> {
        courses.scan(Self.listed, projection: Self.counted, pageSize: pageSize) { try Revision(bson: $0.document()) }
    }

    /// The same of these courses. At most 1,000 ids.
    package func revisions(of ids: some Collection<CourseID>) async throws -> [Revision] {
        guard !ids.isEmpty else { return [] }
        let filter: BSONDocument = Self.listed.merging(["_id": ["$in": .ids(Array(ids))]])
        return try await courses.find(filter, MongoFind(projection: Self.counted, limit: ids.count)) { try Revision(bson: $0.document()) }.items
    }

    /// Where changes from this moment on begin.
    package func token() async throws -> BSONDocument { try await courses.changes(MongoWatch(limit: 0, waitMilliseconds: 0)).token }

    /// MongoDB's clock, of which every change has its moment.
    package func clusterTime() async throws -> UInt64 {
        try await courses.pool.runCommand(["hello": 1], on: courses.database)["operationTime"]?.timestampValue ?? 0
    }

    /// Changes after `token`, at most `limit`. Throws `MongoError.historyLost` when MongoDB does not know that far back any more.
    package func changes(after token: BSONDocument, limit: Int, waitMilliseconds: Int) async throws -> Changes {
        let pipeline: [BSONDocument] = [["$project": ["operationType": 1, "ns": 1, "documentKey": 1, "clusterTime": 1]]]
        let read = try await courses.changes(MongoWatch(after: token, pipeline: pipeline, limit: limit, waitMilliseconds: waitMilliseconds))
        var ids: Set<CourseID> = []
        var isBroken = false
        for change in read.events {
            switch change.operation {
            case .insert, .update, .replace, .delete: if let id = change.id?.uuidValue { ids.insert(CourseID(id)) }
            case .drop, .rename, .invalidate: isBroken = true
            case .other: break
            }
        }
        return Changes(ids: ids, token: read.token, isBroken: isBroken, count: read.events.count)
    }

    private static let counted: BSONDocument = ["revision": 1, "state": 1]
}

extension MongoListings.Revision {
    fileprivate init(bson document: BSONDocument) throws {
        self.init(
            id: try document.id("_id"), revision: try document.int("revision"),
            isPublished: try document.string("state") == CourseState.published.rawValue)
    }
}
