public import JSON

/// A stream that was made of an upload: what the worker reports and what others are told.
public struct MediaStream: Sendable, Equatable {
    /// `streams/<asset>/<hash>`: the folder in the object store. It never changes; another encoding is another folder.
    public let path: String
    public let durationMs: Int
    /// Of the uploaded file.
    public let width: Int
    public let height: Int
    /// Of all files of the stream.
    public let bytes: Int
    public let renditions: [Rendition]

    public init(path: String, durationMs: Int, width: Int, height: Int, bytes: Int, renditions: [Rendition]) {
        self.path = path
        self.durationMs = durationMs
        self.width = width
        self.height = height
        self.bytes = bytes
        self.renditions = renditions
    }

    public init(from fields: inout JSONFields) {
        path = fields.string("path", length: 1...300)
        durationMs = fields.int("durationMs", in: 0...Int.max)
        width = fields.int("width", in: 1...100_000)
        height = fields.int("height", in: 1...100_000)
        bytes = fields.int("bytes", in: 0...Int.max)
        renditions = fields.array("renditions", count: 1...30) { Rendition(from: &$0) }
    }

    /// Its fields, into an object that is open.
    public func writeFields(to json: inout JSONWriter) {
        json.field("path", path)
        json.field("durationMs", durationMs)
        json.field("width", width)
        json.field("height", height)
        json.field("bytes", bytes)
        json.field("renditions", renditions)
    }
}
