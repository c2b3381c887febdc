public import JSON
public import Kit

/// Which asset, and what it belongs to. Courses and lectures are named by their text here: this contract imports no other.
public struct AssetSubject: Sendable, Equatable {
    public let assetID: AssetID
    public let courseID: String
    public let lectureID: String
    public let ownerID: UserID

    public init(assetID: AssetID, courseID: String, lectureID: String, ownerID: UserID) {
        self.assetID = assetID
        self.courseID = courseID
        self.lectureID = lectureID
        self.ownerID = ownerID
    }

    public init(from fields: inout JSONFields) {
        assetID = fields.id("assetId")
        courseID = fields.string("courseId", length: 36...36)
        lectureID = fields.string("lectureId", length: 36...36)
        ownerID = fields.id("ownerId")
    }

    /// Its fields, into an object that is open.
    public func writeFields(to json: inout JSONWriter) {
        json.field("assetId", assetID)
        json.field("courseId", courseID)
        json.field("lectureId", lectureID)
        json.field("ownerId", ownerID)
    }
}
