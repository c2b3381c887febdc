import CoursesAPI
import Events
import Kit
import Mongo
import Stores
import Telemetry

// How often a course was enrolled in. `countToldAt` is when its count was told of, `isCountUntold` is there while it has grown since.
extension MongoCourseStore {
    func countEnrollment(in course: CourseID, event: Event, at time: Timestamp) async throws -> Bool {
        let (trace, quiet) = (Trace.current, Self.quiet(at: time))
        let isTold = try await pool.withTransaction { session in
            guard try inbox.insert(event.id, consumer: "enrollments", in: session) else { return false }
            let silent: BSONDocument = ["$inc": ["enrolledCount": 1], "$set": ["isCountUntold": true]]
            let hasCounted = try session.updateOne(in: courses, ["_id": .id(course), "countToldAt": ["$gt": .date(quiet)]], silent).matched == 1
            return try hasCounted ? false : tell(["_id": .id(course)], counting: 1, at: time, trace, session)
        }
        if isTold { nudge() }
        return isTold
    }

    func tellCounts(limit: Int, at time: Timestamp) async throws -> [CourseID] {
        let quiet = Self.quiet(at: time)
        let waiting: BSONDocument = ["isCountUntold": true, "countToldAt": ["$lte": .date(quiet)]]
        let ids = try await courses.find(waiting, MongoFind(projection: ["_id": 1], limit: limit)).items.map { try $0.id("_id", of: CourseTag.self) }
        for id in ids {
            _ = try await pool.withTransaction { session in
                // Of several processes that found it, one tells.
                try tell(waiting.merging(["_id": .id(id)]), counting: 0, at: time, nil, session)
            }
        }
        if !ids.isEmpty { nudge() }
        return ids
    }

    /// What was told before is long enough ago.
    private static func quiet(at time: Timestamp) -> Timestamp { time.adding(seconds: -CountEnrollment.quietSeconds) }

    /// Counts `students` more and tells of the course, if it is listed; false when none fits `filter`.
    private func tell(
        _ filter: BSONDocument, counting students: Int, at time: Timestamp, _ trace: Trace?, _ session: borrowing MongoSession
    ) throws -> Bool {
        let update: BSONDocument = [
            "$inc": ["enrolledCount": .int(students), "revision": 1], "$set": ["countToldAt": .date(time)], "$unset": ["isCountUntold": ""],
        ]
        guard let found = try session.findOneAndUpdate(in: courses, filter, update) else { return false }
        let counted = try Course(bson: found)
        if counted.state == .published, let listing = try listing(of: counted, session) {
            try outbox.append(Event(CourseUpdated(listing), time: time, trace: trace), in: session)
        }
        return true
    }
}
