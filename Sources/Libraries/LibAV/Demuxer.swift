internal import CLibAV
import Glibc

/// A container being read: from one open descriptor, as one format that the caller chose, with nothing else within its reach.
///
/// libav gets bytes by a callback and never a name, a protocol or a way to open a second file (playlists and reference movies that
/// name other files find nothing). Blocking: for a thread or a process of its own.
public struct Demuxer: ~Copyable {
    public struct Limits: Sendable {
        /// Bytes and time that may be spent on finding out what the streams are.
        public var probeBytes = 50 << 20
        public var analyzeSeconds = 30.0
        public var streams = 32
        /// Pixels of a picture; a larger one is not decoded.
        public var pixels = 7680 * 4320
        /// libav's names of the codecs that may be decoded (`h264`, not a decoder's own name).
        public var codecs: Set<String> = []
        public init() {}
    }

    let raw: UnsafeMutablePointer<AVFormatContext>
    private let io: UnsafeMutablePointer<AVIOContext>
    private let source: ByteSource
    private let stop: StopSignal
    let limits: Limits

    private init(
        owning raw: UnsafeMutablePointer<AVFormatContext>, io: UnsafeMutablePointer<AVIOContext>, source: ByteSource, stop: StopSignal, limits: Limits
    ) {
        self.raw = raw
        self.io = io
        self.source = source
        self.stop = stop
        self.limits = limits
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVFormatContext>? = raw
        avformat_close_input(&pointer)
        ByteSource.free(context: io)
    }

    /// Opens `descriptor` (a regular file that stays the caller's) as `format`, libav's name of a demuxer; no other format is tried.
    public static func open(descriptor: CInt, as format: String, limits: Limits, stop: StopSignal) throws(AVError) -> Demuxer {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw AVError(code: libav_error(errno), operation: "fstat") }
        guard let input = av_find_input_format(format) else { throw AVError(code: libav_demuxer_not_found, operation: "av_find_input_format") }
        let source = ByteSource(descriptor: descriptor, size: Int64(status.st_size), stop: stop)
        let io = try source.makeContext()
        let raw: UnsafeMutablePointer<AVFormatContext>
        do {
            raw = try openContext(io, input, format, limits, stop)
        } catch {
            ByteSource.free(context: io)
            // Demuxers that could not read on call it by many names.
            try stop.check()
            throw error
        }
        let demuxer = Demuxer(owning: raw, io: io, source: source, stop: stop, limits: limits)
        try demuxer.findStreams()
        return demuxer
    }

    private static func openContext(
        _ io: UnsafeMutablePointer<AVIOContext>, _ input: UnsafePointer<AVInputFormat>, _ format: String, _ limits: Limits,
        _ stop: StopSignal
    ) throws(AVError) -> UnsafeMutablePointer<AVFormatContext> {
        let context = try check(avformat_alloc_context(), "avformat_alloc_context")
        context.pointee.pb = io
        context.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
        context.pointee.interrupt_callback.opaque = Unmanaged.passUnretained(stop).toOpaque()
        context.pointee.interrupt_callback.callback = { opaque in
            opaque.map { Unmanaged<StopSignal>.fromOpaque($0).takeUnretainedValue().isRaised ? 1 : 0 } ?? 0
        }
        context.pointee.io_open = { _, _, _, _, _ in libav_not_permitted }
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        for (name, value) in [
            ("format_whitelist", format), ("protocol_whitelist", ""), ("max_streams", "\(limits.streams)"), ("probesize", "\(limits.probeBytes)"),
            ("analyzeduration", "\(Int(limits.analyzeSeconds * 1e6))"), ("codec_whitelist", decoderNames(for: limits.codecs)),
        ] {
            av_dict_set(&options, name, value, 0)
        }
        var pointer: UnsafeMutablePointer<AVFormatContext>? = context
        // Frees the context itself on failure.
        try check(avformat_open_input(&pointer, "", input, &options), "open the container")
        return context
    }

    /// The decoders of the codecs allowed, as `codec_whitelist` wants them.
    static func decoderNames(for codecs: Set<String>) -> String {
        var names: [String] = []
        var iterator: UnsafeMutableRawPointer?
        while let codec = av_codec_iterate(&iterator) {
            guard av_codec_is_decoder(codec) != 0, codecs.contains(String(cString: avcodec_get_name(codec.pointee.id))) else { continue }
            names.append(String(cString: codec.pointee.name))
        }
        return names.sorted().joined(separator: ",")
    }

    private func findStreams() throws(AVError) {
        let count = Int(raw.pointee.nb_streams)
        var options = [OpaquePointer?](repeating: nil, count: max(1, count))
        defer { for index in options.indices { av_dict_free(&options[index]) } }
        for index in 0..<count {
            av_dict_set(&options[index], "max_pixels", "\(limits.pixels)", 0)
            av_dict_set(&options[index], "threads", "1", 0)
        }
        try check(avformat_find_stream_info(raw, &options), "look at the streams")
        guard raw.pointee.nb_streams <= limits.streams else { throw AVError(code: libav_invalid_data, operation: "too many streams") }
    }

    /// Facts of every stream, read anew: an index may have grown with the packets read.
    public var streams: [StreamFacts] {
        (0..<Int(raw.pointee.nb_streams)).compactMap { index in
            raw.pointee.streams[index].map { StreamFacts($0, of: raw, allowing: limits.codecs) }
        }
    }

    /// Seconds the container claims to last; nil when it claims nothing (libav then only guesses from the bit rate).
    public var declaredSeconds: Double? {
        guard raw.pointee.duration > 0, raw.pointee.duration_estimation_method != AVFMT_DURATION_FROM_BITRATE else { return nil }
        return Double(raw.pointee.duration) / 1e6
    }

    /// Packets of the other streams are skipped, by many demuxers without being read.
    public func useOnly(_ chosen: Set<Int>) {
        for index in 0..<Int(raw.pointee.nb_streams) {
            raw.pointee.streams[index]?.pointee.discard = chosen.contains(index) ? AVDISCARD_DEFAULT : AVDISCARD_ALL
        }
    }

    /// Reads the next packet into `packet`; false at the end. Also throws when the stop signal is up.
    public func read(into packet: borrowing Packet) throws(AVError) -> Bool {
        try stop.check()
        av_packet_unref(packet.raw)
        let code = av_read_frame(raw, packet.raw)
        if code == libav_end_of_file { return false }
        try check(code, "read the next packet")
        return true
    }

    /// Bytes of the file read so far, for progress.
    public var position: Int64 { avio_seek(io, 0, SEEK_CUR) }
}
