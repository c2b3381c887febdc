public import JSON
public import Kit

/// The uploaded file cannot become a stream: its owner has to send another.
public struct MediaRefused: EventData, Equatable {
    public static let eventType = "lyceum.media.refused.v1"
    public static let eventSource = "/services/media"

    public let asset: AssetSubject
    /// A stable word.
    public let reason: String
    /// A sentence for the instructor.
    public let detail: String

    public init(asset: AssetSubject, reason: String, detail: String) {
        self.asset = asset
        self.reason = reason
        self.detail = detail
    }
    public var eventSubject: String { asset.assetID.description }

    public init(from fields: inout JSONFields) {
        asset = AssetSubject(from: &fields)
        reason = fields.string("reason", length: 1...100)
        detail = fields.string("detail", length: 1...2000)
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        asset.writeFields(to: &json)
        json.field("reason", reason)
        json.field("detail", detail)
        json.endObject()
    }
}
