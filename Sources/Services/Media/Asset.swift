import JSON
import Kit
import MediaAPI
import Telemetry

/// An uploaded file and what was made of it.
struct Asset: Sendable, Equatable {
    enum State: String, Sendable, CaseIterable {
        /// Bytes are still coming.
        case uploading
        /// Waits for a worker, or is being looked at.
        case probing
        /// A stream is being made.
        case processing
        case ready
        /// The file cannot become a stream: its owner has to send another.
        case refused
        /// We could not make it, after several tries.
        case failed
    }

    let id: AssetID
    let ownerID: UserID
    let courseID: String
    let lectureID: String
    let filename: String
    let state: State
    /// Percent.
    let progress: Int
    let reason: String?
    let detail: String?
    /// Of the uploaded file.
    let bytes: Int?
    let stream: MediaStream?
    let createdAt: Timestamp
    let updatedAt: Timestamp

    var subject: AssetSubject { AssetSubject(assetID: id, courseID: courseID, lectureID: lectureID, ownerID: ownerID) }
}

extension Asset: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("courseId", courseID)
        json.field("lectureId", lectureID)
        json.field("kind", "video")
        json.field("filename", filename)
        json.field("state", state.rawValue)
        json.field("progress", progress)
        json.field("reason", reason)
        json.field("detail", detail)
        json.field("durationMs", stream?.durationMs)
        json.field("bytes", bytes)
        json.field("width", stream?.width)
        json.field("height", stream?.height)
        json.field("renditions", stream?.renditions ?? [])
        json.field("createdAt", createdAt.rfc3339)
        json.field("updatedAt", updatedAt.rfc3339)
        json.endObject()
    }
}
