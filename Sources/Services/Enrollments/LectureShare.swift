import CoursesAPI
import JSON
import Kit
import Telemetry

/// How much of a lecture a student has done.
struct LectureShare: Sendable, Equatable {
    let lectureID: LectureID
    let kind: LectureKind
    /// Seconds; nil where there is nothing to time.
    let durationSeconds: Int?
    /// Seconds that were watched at least once.
    let coveredSeconds: Int
    let positionSeconds: Int
    var completedAt: Timestamp?

    var isCompleted: Bool { completedAt != nil }

    /// A video is completed when nine tenths were watched: credits and pauses are not held against anyone.
    static func isWatched(_ covered: Int, of duration: Int?) -> Bool {
        guard let duration, duration > 0 else { return false }
        return covered * 10 >= duration * 9
    }

    /// 0 to 100.
    var percent: Int {
        if isCompleted { return 100 }
        guard let durationSeconds, durationSeconds > 0 else { return 0 }
        return min(coveredSeconds * 100 / durationSeconds, 100)
    }
}

extension LectureShare: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        writeFields(to: &json)
        json.field("kind", kind.rawValue)
        json.field("completedAt", completedAt)
        json.endObject()
    }

    func writeFields(to json: inout JSONWriter) {
        json.field("lectureId", lectureID)
        json.field("coveredSeconds", coveredSeconds)
        json.field("durationSeconds", durationSeconds)
        json.field("positionSeconds", positionSeconds)
        json.field("percent", percent)
        json.field("completed", isCompleted)
    }
}
