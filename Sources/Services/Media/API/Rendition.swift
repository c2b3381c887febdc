public import JSON

/// One quality of a stream.
public struct Rendition: Sendable, Equatable, JSONWritable {
    /// `v720`, `audio` …
    public let name: String
    /// RFC 6381: `avc1.64001f`.
    public let codec: String
    /// Pixels; nil for audio.
    public let width: Int?
    public let height: Int?
    /// Bits a second, measured over the whole.
    public let bitrate: Int
    /// Of all its segments.
    public let bytes: Int

    public init(name: String, codec: String, width: Int?, height: Int?, bitrate: Int, bytes: Int) {
        self.name = name
        self.codec = codec
        self.width = width
        self.height = height
        self.bitrate = bitrate
        self.bytes = bytes
    }

    public init(from fields: inout JSONFields) {
        name = fields.string("name", length: 1...100)
        codec = fields.string("codec", length: 1...100)
        width = fields.optionalInt("width", in: 1...100_000)
        height = fields.optionalInt("height", in: 1...100_000)
        bitrate = fields.int("bitrate", in: 0...Int.max)
        bytes = fields.int("bytes", in: 0...Int.max)
        fields.ignoreUnknown()
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("name", name)
        json.field("codec", codec)
        json.field("width", width)
        json.field("height", height)
        json.field("bitrate", bitrate)
        json.field("bytes", bytes)
        json.endObject()
    }
}
