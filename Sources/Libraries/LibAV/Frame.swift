internal import CLibAV

/// What a filter graph must know about the pictures it will get; another shape needs another graph.
public struct VideoShape: Sendable, Hashable {
    public let width: Int
    public let height: Int
    /// libav's number of the pixel format.
    let pixelFormat: CInt
    let colorSpace: UInt32
    let colorRange: UInt32
    public let sampleAspect: Rational
    public var pixelFormatName: String { av_get_pix_fmt_name(AVPixelFormat(pixelFormat)).map { String(cString: $0) } ?? "unknown" }
}

/// The same for sound.
public struct AudioShape: Sendable, Hashable {
    public let rate: Int
    public let channels: Int
    let layout: String
    let format: String
}

/// One picture or one block of sound, with one owner; the samples themselves are counted by libav and shared.
public struct Frame: ~Copyable {
    let raw: UnsafeMutablePointer<AVFrame>

    private init(owning raw: UnsafeMutablePointer<AVFrame>) { self.raw = raw }
    public static func make() throws(AVError) -> Frame { Frame(owning: try check(av_frame_alloc(), "av_frame_alloc")) }
    deinit { var pointer: UnsafeMutablePointer<AVFrame>? = raw; av_frame_free(&pointer) }

    /// When it is shown: the decoder's best guess, or what a filter or `setTimestamp` wrote.
    public var timestamp: Int64? {
        let best = raw.pointee.best_effort_timestamp
        if best != libav_no_timestamp { return best }
        return raw.pointee.pts == libav_no_timestamp ? nil : raw.pointee.pts
    }
    /// What a filter wrote: in the time base of its sink.
    public var presentation: Int64? { raw.pointee.pts == libav_no_timestamp ? nil : raw.pointee.pts }
    public var duration: Int64 { raw.pointee.pkt_duration }
    public var sampleCount: Int { Int(raw.pointee.nb_samples) }
    public var isInterlaced: Bool { raw.pointee.interlaced_frame != 0 }
    /// The decoder had to guess some of it.
    public var isDamaged: Bool { raw.pointee.decode_error_flags != 0 || raw.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 }

    public var videoShape: VideoShape {
        VideoShape(
            width: Int(raw.pointee.width), height: Int(raw.pointee.height), pixelFormat: raw.pointee.format,
            colorSpace: raw.pointee.colorspace.rawValue, colorRange: raw.pointee.color_range.rawValue,
            sampleAspect: Rational(raw.pointee.sample_aspect_ratio))
    }

    /// Also gives a frame whose decoder knows only a number of channels the usual layout for that number.
    public var audioShape: AudioShape {
        if raw.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
            av_channel_layout_default(&raw.pointee.ch_layout, raw.pointee.ch_layout.nb_channels)
        }
        return AudioShape(
            rate: Int(raw.pointee.sample_rate), channels: Int(raw.pointee.ch_layout.nb_channels), layout: describe(&raw.pointee.ch_layout),
            format: av_get_sample_fmt_name(AVSampleFormat(raw.pointee.format)).map { String(cString: $0) } ?? "")
    }

    /// `key` asks the encoder for a key frame here; without it the encoder must not take the source's word for the kind of picture.
    public func prepareForEncoding(timestamp: Int64, key: Bool) {
        raw.pointee.pts = timestamp
        raw.pointee.pict_type = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
        raw.pointee.key_frame = key ? 1 : 0
    }
    public func setTimestamp(_ timestamp: Int64) {
        raw.pointee.pts = timestamp
        raw.pointee.best_effort_timestamp = timestamp
    }
    public func clear() { av_frame_unref(raw) }

    /// Another owner of the same samples.
    public func share() throws(AVError) -> Frame {
        let copy = try Frame.make()
        try check(av_frame_ref(copy.raw, raw), "av_frame_ref")
        return copy
    }

    /// How much the brightness varies over the picture (standard deviation of a sample of its first plane): 0 for a black or plain one.
    public var detail: Double {
        guard let plane = raw.pointee.data.0, raw.pointee.width > 0, raw.pointee.height > 0 else { return 0 }
        let stride = Int(raw.pointee.linesize.0), step = max(1, Int(raw.pointee.width) / 64)
        var sum = 0, squares = 0, count = 0
        for row in Swift.stride(from: 0, to: Int(raw.pointee.height), by: max(1, Int(raw.pointee.height) / 64)) {
            for column in Swift.stride(from: 0, to: Int(raw.pointee.width), by: step) {
                let value = Int(plane[row * stride + column])
                sum += value; squares += value * value; count += 1
            }
        }
        let mean = Double(sum) / Double(count)
        return max(0, Double(squares) / Double(count) - mean * mean).squareRoot()
    }
}

func describe(_ layout: UnsafeMutablePointer<AVChannelLayout>) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
        guard let base = buffer.baseAddress, av_channel_layout_describe(layout, base, 128) > 0 else { return "" }
        return String(cString: base)
    }
}
