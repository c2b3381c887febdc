public import JSON

/// What a file is, found by reading all of it, and whether it is taken.
public struct ProbeReport: Sendable, Hashable {
    public struct Video: Sendable, Hashable {
        public var stream: Int
        public var codec: String
        /// As it is watched: upright and with square pixels.
        public var width: Int
        public var height: Int
        public var codedWidth: Int
        public var codedHeight: Int
        /// Clockwise degrees that were taken into `width` and `height`.
        public var rotation: Int
        /// Width of a stored pixel by its height, as `64:45`.
        public var sampleAspect: String
        public var pixelFormat: String
        public var bitDepth: Int
        public var isInterlaced: Bool
        public var isHDR: Bool
        /// Pictures a second.
        public var frameRate: Double
        public var hasVariableFrameRate: Bool
        public var keyFrameGapMilliseconds: Int
        public var packets: Int
        /// Bits a second, measured.
        public var bitRate: Int
    }

    public struct Audio: Sendable, Hashable {
        public var stream: Int
        public var codec: String
        public var rate: Int
        public var channels: Int
        public var layout: String
        public var language: String?
        public var bitRate: Int
        public var durationMilliseconds: Int
        /// The one that is used.
        public var isChosen: Bool
    }

    /// Empty: accepted.
    public var refusals: [Refusal] = []
    public var bytes: Int
    public var container: Container?
    /// From the packets' own times, of the pictures.
    public var durationMilliseconds = 0
    /// How much later than the sound the pictures begin: a stream is so much longer.
    public var leadMilliseconds = 0
    /// What the header claims.
    public var declaredDurationMilliseconds: Int?
    public var streams = 0
    public var video: Video?
    public var audio: [Audio] = []

    public var isAccepted: Bool { refusals.isEmpty }

    init(bytes: Int, container: Container? = nil, refusals: [Refusal] = []) {
        self.bytes = bytes
        self.container = container
        self.refusals = refusals
    }
}

extension ProbeReport: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("verdict", isAccepted ? "accept" : "refuse")
        json.field("reasons", refusals)
        json.field("bytes", bytes)
        json.field("container", container?.rawValue)
        json.field("durationMilliseconds", durationMilliseconds)
        json.field("leadMilliseconds", leadMilliseconds)
        json.field("declaredDurationMilliseconds", declaredDurationMilliseconds)
        json.field("streams", streams)
        json.field("video", video)
        json.field("audio", audio)
        json.endObject()
    }

    /// The same the other way.
    public init(from fields: inout JSONFields) {
        fields.ignore("verdict")
        self.init(bytes: fields.int("bytes", in: 0...Int.max))
        refusals = fields.array("reasons", count: 0...20) { Refusal(from: &$0) }.compactMap { $0 }
        container = fields.optionalChoice("container", Container.self)
        durationMilliseconds = fields.int("durationMilliseconds", in: 0...Int.max)
        leadMilliseconds = fields.int("leadMilliseconds", in: 0...Int.max)
        declaredDurationMilliseconds = fields.optionalInt("declaredDurationMilliseconds", in: 0...Int.max)
        streams = fields.int("streams", in: 0...1000)
        video = fields.optionalObject("video") { Video(from: &$0) }
        audio = fields.array("audio", count: 0...1000) { Audio(from: &$0) }
    }
}

extension ProbeReport.Video: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("stream", stream)
        json.field("codec", codec)
        json.field("width", width)
        json.field("height", height)
        json.field("codedWidth", codedWidth)
        json.field("codedHeight", codedHeight)
        json.field("rotation", rotation)
        json.field("sampleAspect", sampleAspect)
        json.field("pixelFormat", pixelFormat)
        json.field("bitDepth", bitDepth)
        json.field("interlaced", isInterlaced)
        json.field("hdr", isHDR)
        json.field("frameRate", frameRate)
        json.field("variableFrameRate", hasVariableFrameRate)
        json.field("keyFrameGapMilliseconds", keyFrameGapMilliseconds)
        json.field("packets", packets)
        json.field("bitRate", bitRate)
        json.endObject()
    }

    static let sides = 0...1_000_000
    static let rates = 0.0...1e9

    init(from fields: inout JSONFields) {
        self.init(
            stream: fields.int("stream", in: 0...1000), codec: fields.string("codec", length: 0...64),
            width: fields.int("width", in: Self.sides), height: fields.int("height", in: Self.sides),
            codedWidth: fields.int("codedWidth", in: Self.sides), codedHeight: fields.int("codedHeight", in: Self.sides),
            rotation: fields.int("rotation", in: 0...359), sampleAspect: fields.string("sampleAspect", length: 0...64),
            pixelFormat: fields.string("pixelFormat", length: 0...64), bitDepth: fields.int("bitDepth", in: 0...64),
            isInterlaced: fields.bool("interlaced"), isHDR: fields.bool("hdr"), frameRate: fields.double("frameRate", in: Self.rates),
            hasVariableFrameRate: fields.bool("variableFrameRate"), keyFrameGapMilliseconds: fields.int("keyFrameGapMilliseconds", in: 0...Int.max),
            packets: fields.int("packets", in: 0...Int.max), bitRate: fields.int("bitRate", in: 0...Int.max))
    }
}

extension ProbeReport.Audio: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("stream", stream)
        json.field("codec", codec)
        json.field("rate", rate)
        json.field("channels", channels)
        json.field("layout", layout)
        json.field("language", language)
        json.field("bitRate", bitRate)
        json.field("durationMilliseconds", durationMilliseconds)
        json.field("chosen", isChosen)
        json.endObject()
    }

    static let rates = 0...10_000_000
    static let counts = 0...1024

    init(from fields: inout JSONFields) {
        self.init(
            stream: fields.int("stream", in: 0...1000), codec: fields.string("codec", length: 0...64), rate: fields.int("rate", in: Self.rates),
            channels: fields.int("channels", in: Self.counts), layout: fields.string("layout", length: 0...128),
            language: fields.optionalString("language", length: 0...32),
            bitRate: fields.int("bitRate", in: 0...Int.max), durationMilliseconds: fields.int("durationMilliseconds", in: 0...Int.max),
            isChosen: fields.bool("chosen"))
    }
}
