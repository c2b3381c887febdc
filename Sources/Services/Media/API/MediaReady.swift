public import JSON
public import Kit

/// An asset can be played.
public struct MediaReady: EventData, Equatable {
    public static let eventType = "lyceum.media.ready.v1"
    public static let eventSource = "/services/media"

    public let asset: AssetSubject
    public let stream: MediaStream

    public init(asset: AssetSubject, stream: MediaStream) {
        self.asset = asset
        self.stream = stream
    }
    public var eventSubject: String { asset.assetID.description }

    public init(from fields: inout JSONFields) {
        asset = AssetSubject(from: &fields)
        stream = MediaStream(from: &fields)
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        asset.writeFields(to: &json)
        stream.writeFields(to: &json)
        json.endObject()
    }
}
