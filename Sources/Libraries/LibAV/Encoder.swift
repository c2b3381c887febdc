internal import CLibAV

/// How H.264 is made: a constant quality with a ceiling, closed groups of a fixed length, the same bytes for the same input.
public struct H264Settings: Sendable, Hashable {
    public var width: Int
    public var height: Int
    public var frameRate: Rational
    /// Frames between two key frames; also forced where a frame says so.
    public var keyInterval: Int
    /// x264's constant rate factor, 0…51: less is better.
    public var quality: Double
    /// Bits a second that a second of buffer never exceeds.
    public var maximumBitRate: Int
    /// Bits of that buffer.
    public var bufferBits: Int
    public var preset = "veryfast"
    /// Part of the result: x264 gives other bytes with another number.
    public var threads = 2
    /// Key frames only, one at a time, without looking ahead.
    public var isIntraOnly = false

    public init(width: Int, height: Int, frameRate: Rational, keyInterval: Int, quality: Double, maximumBitRate: Int, bufferBits: Int) {
        self.width = width
        self.height = height
        self.frameRate = frameRate
        self.keyInterval = keyInterval
        self.quality = quality
        self.maximumBitRate = maximumBitRate
        self.bufferBits = bufferBits
    }
}

/// Frames to packets of one codec.
public struct Encoder: ~Copyable {
    let raw: UnsafeMutablePointer<AVCodecContext>
    private init(owning raw: UnsafeMutablePointer<AVCodecContext>) { self.raw = raw }
    deinit { var pointer: UnsafeMutablePointer<AVCodecContext>? = raw; avcodec_free_context(&pointer) }

    /// H.264 by libx264, 8 bits 4:2:0, square pixels; colours as `example` (any frame to come) says. Timestamps are counted in frames.
    public static func h264(_ settings: H264Settings, like example: borrowing Frame) throws(AVError) -> Encoder {
        let encoder = try allocate("libx264")
        let context = encoder.raw
        (context.pointee.width, context.pointee.height) = (CInt(settings.width), CInt(settings.height))
        context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        context.pointee.time_base = settings.frameRate.inverse.raw
        context.pointee.framerate = settings.frameRate.raw
        context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
        context.pointee.gop_size = CInt(settings.keyInterval)
        context.pointee.keyint_min = CInt(settings.keyInterval)
        context.pointee.rc_max_rate = Int64(settings.maximumBitRate)
        context.pointee.rc_buffer_size = CInt(settings.bufferBits)
        context.pointee.color_range = AVCOL_RANGE_MPEG
        context.pointee.colorspace = example.raw.pointee.colorspace
        context.pointee.color_primaries = example.raw.pointee.color_primaries
        context.pointee.color_trc = example.raw.pointee.color_trc
        context.pointee.chroma_sample_location = example.raw.pointee.chroma_location
        context.pointee.thread_count = CInt(settings.threads)
        context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        if settings.isIntraOnly { context.pointee.max_b_frames = 0 }
        try encoder.open(
            "libx264",
            [
                "preset": settings.preset, "profile": "high", "crf": "\(settings.quality)", "sc_threshold": "0", "forced-idr": "1",
                "x264-params": settings.isIntraOnly ? "rc-lookahead=0:sync-lookahead=0:sliced-threads=0:scenecut=0" : "open-gop=0:scenecut=0",
            ])
        return encoder
    }

    /// AAC-LC, planar floats in.
    public static func aac(rate: Int, channels: Int, bitRate: Int) throws(AVError) -> Encoder {
        let encoder = try allocate("aac")
        encoder.raw.pointee.sample_rate = CInt(rate)
        encoder.raw.pointee.sample_fmt = AV_SAMPLE_FMT_FLTP
        av_channel_layout_default(&encoder.raw.pointee.ch_layout, CInt(channels))
        encoder.raw.pointee.bit_rate = Int64(bitRate)
        encoder.raw.pointee.time_base = AVRational(num: 1, den: CInt(rate))
        encoder.raw.pointee.thread_count = 1
        encoder.raw.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT
        try encoder.open("aac", [:])
        return encoder
    }

    /// One JPEG; `scale` 2 is the best, 31 the smallest.
    public static func jpeg(width: Int, height: Int, scale: Int) throws(AVError) -> Encoder {
        let encoder = try allocate("mjpeg")
        let context = encoder.raw
        (context.pointee.width, context.pointee.height) = (CInt(width), CInt(height))
        context.pointee.pix_fmt = AV_PIX_FMT_YUVJ420P
        context.pointee.color_range = AVCOL_RANGE_JPEG
        context.pointee.time_base = AVRational(num: 1, den: 1)
        context.pointee.flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT
        context.pointee.global_quality = CInt(scale) * FF_QP2LAMBDA
        context.pointee.thread_count = 1
        try encoder.open("mjpeg", [:])
        return encoder
    }

    private static func allocate(_ name: String) throws(AVError) -> Encoder {
        guard let codec = avcodec_find_encoder_by_name(name) else {
            throw AVError(code: libav_encoder_not_found, operation: "avcodec_find_encoder_by_name")
        }
        return Encoder(owning: try check(avcodec_alloc_context3(codec), "avcodec_alloc_context3"))
    }

    private func open(_ name: String, _ values: KeyValuePairs<String, String>) throws(AVError) {
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        for (name, value) in values { av_dict_set(&options, name, value, 0) }
        try check(avcodec_open2(raw, avcodec_find_encoder_by_name(name), &options), "open the encoder")
        // What is left over is an option this build does not know: the result would not be what was asked for.
        if av_dict_count(options) > 0 { throw AVError(code: libav_encoder_not_found, operation: "an option of the encoder is unknown") }
    }

    public func send(_ frame: borrowing Frame) throws(AVError) { try check(avcodec_send_frame(raw, frame.raw), "encode") }
    /// No frame comes after this.
    public func finish() throws(AVError) { try check(avcodec_send_frame(raw, nil), "end encoding") }
    public func receive(into packet: borrowing Packet) throws(AVError) -> Received { try Received(avcodec_receive_packet(raw, packet.raw), "encode") }

    /// Unit of the timestamps of its packets.
    public var timeBase: Rational { Rational(raw.pointee.time_base) }
    /// Samples a frame of sound must have.
    public var frameSize: Int { Int(raw.pointee.frame_size) }
    /// Samples the encoder puts before the first.
    public var priming: Int { Int(raw.pointee.initial_padding) }

    /// This build of libavcodec has an encoder of that name.
    public static func has(_ name: String) -> Bool { avcodec_find_encoder_by_name(name) != nil }
}
