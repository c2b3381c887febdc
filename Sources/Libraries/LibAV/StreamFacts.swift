internal import CLibAV

/// What a container says about one of its streams, read once after the first packets were looked at.
public struct StreamFacts: Sendable {
    public enum Kind: String, Sendable { case video, audio, subtitle, data, attachment, unknown }

    public let index: Int
    public let kind: Kind
    /// libav's name of the codec, such as `h264`; `none` when it does not know it.
    public let codec: String
    public let profile: String?
    /// This build can decode it and the caller's list allows it.
    public let canDecode: Bool
    /// Unit of the timestamps of its packets, in seconds.
    public let timeBase: Rational
    /// Cover art or another single picture that is no video.
    public let isAttachedPicture: Bool
    public let isDefault: Bool
    /// As the file has it: mostly ISO 639-2.
    public let language: String?
    /// Bits a second as declared; 0 when unknown.
    public let declaredBitRate: Int
    /// Samples the file's index names (after edits); 0 when it has no index.
    public let indexedSamples: Int
    /// Samples the header claims; 0 when it claims none.
    public let declaredSamples: Int
    /// Seconds the header claims; nil when it claims none.
    public let declaredSeconds: Double?
    public let video: Video?
    public let audio: Audio?

    public struct Video: Sendable {
        /// As coded, before rotation and sample aspect.
        public let width: Int
        public let height: Int
        public let sampleAspect: Rational
        public let pixelFormat: String
        public let bitDepth: Int
        /// Clockwise degrees it must be turned to stand upright: 0, 90, 180 or 270.
        public let rotation: Int
        /// Mirrored left to right before the rotation.
        public let isMirrored: Bool
        /// Least rate that all timestamps fit, as libav guesses it.
        public let baseFrameRate: Rational
        public let averageFrameRate: Rational
        public let isInterlaced: Bool
        /// libav's name: `smpte2084` and `arib-std-b67` are HDR.
        public let transfer: String
        public let colorSpace: String
        public let isRGB: Bool

        /// More light than a screen of old can show.
        public var isHDR: Bool { ["smpte2084", "arib-std-b67"].contains(transfer) }

        /// Stored pixels made square by stretching the width, no further than tenfold whatever the file says; then turned upright.
        public var uprightSize: (width: Double, height: Double) {
            let aspect = sampleAspect.isPositive ? min(max(sampleAspect.value, 0.1), 10) : 1
            let square = (width: Double(width) * aspect, height: Double(height))
            return rotation % 180 == 0 ? square : (square.height, square.width)
        }
    }

    public struct Audio: Sendable {
        public let rate: Int
        public let channels: Int
        public let layout: String
    }
}

extension StreamFacts {
    init(_ stream: UnsafeMutablePointer<AVStream>, of context: UnsafeMutablePointer<AVFormatContext>, allowing codecs: Set<String>) {
        let parameters = stream.pointee.codecpar.pointee
        index = Int(stream.pointee.index)
        let name = String(cString: avcodec_get_name(parameters.codec_id))
        codec = name
        profile = avcodec_profile_name(parameters.codec_id, parameters.profile).map { String(cString: $0) }
        canDecode = codecs.contains(name) && avcodec_find_decoder(parameters.codec_id) != nil
        timeBase = Rational(stream.pointee.time_base)
        isAttachedPicture = stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
        isDefault = stream.pointee.disposition & AV_DISPOSITION_DEFAULT != 0
        language = av_dict_get(stream.pointee.metadata, "language", nil, 0).flatMap { $0.pointee.value }.map { String(cString: $0) }
        declaredBitRate = Int(parameters.bit_rate)
        indexedSamples = Int(avformat_index_get_entries_count(stream))
        declaredSamples = Int(max(0, stream.pointee.nb_frames))
        let duration = stream.pointee.duration
        declaredSeconds = duration > 0 ? Double(duration) * Rational(stream.pointee.time_base).value : nil
        switch parameters.codec_type {
        case AVMEDIA_TYPE_VIDEO: (kind, video, audio) = (.video, Video(stream, parameters, context), nil)
        case AVMEDIA_TYPE_AUDIO: (kind, video, audio) = (.audio, nil, Audio(parameters))
        case AVMEDIA_TYPE_SUBTITLE: (kind, video, audio) = (.subtitle, nil, nil)
        case AVMEDIA_TYPE_DATA: (kind, video, audio) = (.data, nil, nil)
        case AVMEDIA_TYPE_ATTACHMENT: (kind, video, audio) = (.attachment, nil, nil)
        default: (kind, video, audio) = (.unknown, nil, nil)
        }
    }
}

extension StreamFacts.Video {
    init(_ stream: UnsafeMutablePointer<AVStream>, _ parameters: AVCodecParameters, _ context: UnsafeMutablePointer<AVFormatContext>) {
        width = Int(parameters.width)
        height = Int(parameters.height)
        sampleAspect = Rational(av_guess_sample_aspect_ratio(context, stream, nil))
        let descriptor = av_pix_fmt_desc_get(AVPixelFormat(parameters.format))
        pixelFormat = descriptor.map { String(cString: $0.pointee.name) } ?? "unknown"
        bitDepth = descriptor.map { Int($0.pointee.comp.0.depth) } ?? 8
        isRGB = descriptor.map { $0.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0 } ?? false
        (rotation, isMirrored) = Self.orientation(of: stream)
        baseFrameRate = Rational(stream.pointee.r_frame_rate)
        averageFrameRate = Rational(stream.pointee.avg_frame_rate)
        isInterlaced = [AV_FIELD_TT, AV_FIELD_BB, AV_FIELD_TB, AV_FIELD_BT].contains(parameters.field_order)
        transfer = av_color_transfer_name(parameters.color_trc).map { String(cString: $0) } ?? "unknown"
        colorSpace = av_color_space_name(parameters.color_space).map { String(cString: $0) } ?? "unknown"
    }

    /// The display matrix turns counter-clockwise; here it is clockwise and to the next quarter.
    private static func orientation(of stream: UnsafeMutablePointer<AVStream>) -> (Int, Bool) {
        var size = 0
        guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36 else { return (0, false) }
        return UnsafeRawPointer(data).withMemoryRebound(to: Int32.self, capacity: 9) { matrix in
            let isMirrored = Double(matrix[0]) * Double(matrix[4]) - Double(matrix[1]) * Double(matrix[3]) < 0
            var upright = (0..<9).map { matrix[$0] }
            if isMirrored { av_display_matrix_flip(&upright, 1, 0) }
            let turned = av_display_rotation_get(upright)
            guard turned.isFinite else { return (0, isMirrored) }
            return ((Int((-turned / 90).rounded()) * 90 % 360 + 360) % 360, isMirrored)
        }
    }
}

extension StreamFacts.Audio {
    init(_ parameters: AVCodecParameters) {
        rate = Int(parameters.sample_rate)
        channels = Int(parameters.ch_layout.nb_channels)
        var layout = parameters.ch_layout
        self.layout = describe(&layout)
    }
}
