public import JSON

/// A finished stream: what it is and every file of it. Kept beside the files as `manifest.json`, the same bytes for the same input.
public struct PackageManifest: Sendable, Hashable {
    public enum ContentType: String, Sendable, CaseIterable {
        case playlist = "application/vnd.apple.mpegurl"
        case initialization = "video/mp4"
        case segment = "video/iso.segment"
        case picture = "image/jpeg"
    }

    public struct File: Sendable, Hashable {
        /// In the folder itself: no path.
        public let name: String
        public let bytes: Int
        /// Lower-case hexadecimal.
        public let sha256: String
        public let type: ContentType
    }

    public struct Rendition: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable { case video, audio, iFrames }
        public let kind: Kind
        public let name: String
        /// Name of its playlist.
        public let playlist: String
        /// 0 for sound.
        public let width: Int
        public let height: Int
        public let codec: String
        /// Bits a second of this track alone, measured.
        public let bandwidth: Int
        public let averageBandwidth: Int
        public let segments: Int
        /// Of its segments.
        public let bytes: Int
    }

    public struct Poster: Sendable, Hashable {
        public let file: String
        public let width: Int
        public let height: Int
    }

    /// The playlist that names the others.
    public let master: String
    public let durationMilliseconds: Int
    /// Of the best rendition.
    public let width: Int
    public let height: Int
    public let frameRate: Double
    public let renditions: [Rendition]
    public let poster: Poster
    /// All but the manifest, in the order they were made: whoever publishes them in this order never shows a playlist before its segments.
    public let files: [File]
    /// How it was made: with other words here the bytes may differ.
    public let recipe: String

    /// Of all files together.
    public var bytes: Int { files.reduce(0) { $0 + $1.bytes } }
    public static let fileName = "manifest.json"
}

extension PackageManifest: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("master", master)
        json.field("durationMilliseconds", durationMilliseconds)
        json.field("width", width)
        json.field("height", height)
        json.field("frameRate", frameRate)
        json.field("bytes", bytes)
        json.field("poster", poster)
        json.field("renditions", renditions)
        json.field("files", files)
        json.field("recipe", recipe)
        json.endObject()
    }

    /// The same the other way. Names are checked to be plain ones.
    public init(from fields: inout JSONFields) {
        master = fields.plainName("master")
        durationMilliseconds = fields.int("durationMilliseconds", in: 0...86_400_000)
        width = fields.int("width", in: 1...65536)
        height = fields.int("height", in: 1...65536)
        frameRate = fields.double("frameRate", in: 0...1000)
        fields.ignore("bytes")
        poster =
            fields.object("poster") {
                Poster(file: $0.plainName("file"), width: $0.int("width", in: 1...65536), height: $0.int("height", in: 1...65536))
            }
            ?? Poster(file: "", width: 0, height: 0)
        renditions = fields.array("renditions", count: 1...64) { Rendition(from: &$0) }
        files = fields.array("files", count: 1...200_000) { File(from: &$0) }
        recipe = fields.string("recipe", length: 1...2000)
    }
}

extension PackageManifest.Poster: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("file", file)
        json.field("width", width)
        json.field("height", height)
        json.endObject()
    }
}

extension PackageManifest.File: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("name", name)
        json.field("bytes", bytes)
        json.field("sha256", sha256)
        json.field("type", type.rawValue)
        json.endObject()
    }

    /// So that as many as a manifest may have can be added up.
    fileprivate static let sizes = 0...1 << 40

    init(from fields: inout JSONFields) {
        self.init(
            name: fields.plainName("name"), bytes: fields.int("bytes", in: Self.sizes), sha256: fields.string("sha256", length: 64...64),
            type: fields.choice("type", PackageManifest.ContentType.self) ?? .segment)
    }
}

extension PackageManifest.Rendition: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("kind", kind.rawValue)
        json.field("name", name)
        json.field("playlist", playlist)
        json.field("width", width)
        json.field("height", height)
        json.field("codec", codec)
        json.field("bandwidth", bandwidth)
        json.field("averageBandwidth", averageBandwidth)
        json.field("segments", segments)
        json.field("bytes", bytes)
        json.endObject()
    }

    init(from fields: inout JSONFields) {
        self.init(
            kind: fields.choice("kind", Kind.self) ?? .video, name: fields.plainName("name"), playlist: fields.plainName("playlist"),
            width: fields.int("width", in: 0...65536), height: fields.int("height", in: 0...65536), codec: fields.string("codec", length: 1...64),
            bandwidth: fields.int("bandwidth", in: PackageManifest.File.sizes),
            averageBandwidth: fields.int("averageBandwidth", in: PackageManifest.File.sizes), segments: fields.int("segments", in: 0...200_000),
            bytes: fields.int("bytes", in: PackageManifest.File.sizes))
    }
}

extension JSONFields {
    /// A file name that names nothing but a file in its folder.
    mutating func plainName(_ field: String) -> String {
        let name = string(field, length: 1...100)
        let isPlain = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
        if !isPlain || name.hasPrefix(".") { fail(field, "must be a plain file name") }
        return name
    }
}
