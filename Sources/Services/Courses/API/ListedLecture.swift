public import JSON
public import Kit

/// A lecture of a published version, as other services need it.
public struct ListedLecture: Sendable, Equatable, JSONWritable {
    public let id: LectureID
    public let kind: LectureKind
    /// Milliseconds; nil where there is nothing to time.
    public let durationMs: Int?
    public let isPreview: Bool

    public init(id: LectureID, kind: LectureKind, durationMs: Int?, isPreview: Bool) {
        self.id = id
        self.kind = kind
        self.durationMs = durationMs
        self.isPreview = isPreview
    }

    public init(from fields: inout JSONFields) {
        id = fields.id("id")
        kind = fields.choice("kind", LectureKind.self) ?? .article
        durationMs = fields.optionalInt("durationMs", in: 0...Int.max)
        isPreview = fields.bool("isPreview")
        fields.ignoreUnknown()
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("kind", kind.rawValue)
        json.field("durationMs", durationMs)
        json.field("isPreview", isPreview)
        json.endObject()
    }
}
