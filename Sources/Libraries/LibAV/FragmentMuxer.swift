internal import CLibAV

/// One track as fragmented MP4 (CMAF): the initialization first, then a `moof` and `mdat` for each `flush`. In memory; the caller writes the bytes.
///
/// Brand `cmfc`, one track, one run a fragment, no edit list, nothing that depends on the time of day.
public struct FragmentMuxer: ~Copyable {
    private let raw: UnsafeMutablePointer<AVFormatContext>
    private let io: UnsafeMutablePointer<AVIOContext>
    private let sink: ByteSink
    private let from: Rational
    /// `ftyp` and `moov`.
    public private(set) var initialization: [UInt8] = []

    private init(owning raw: UnsafeMutablePointer<AVFormatContext>, io: UnsafeMutablePointer<AVIOContext>, sink: ByteSink, from: Rational) {
        self.raw = raw
        self.io = io
        self.sink = sink
        self.from = from
    }

    deinit {
        avformat_free_context(raw)
        ByteSource.free(context: io)
    }

    /// A track of what `encoder` makes; `language` as ISO 639-2.
    public static func make(for encoder: borrowing Encoder, language: String? = nil) throws(AVError) -> FragmentMuxer {
        var pointer: UnsafeMutablePointer<AVFormatContext>?
        try check(avformat_alloc_output_context2(&pointer, nil, "mp4", nil), "avformat_alloc_output_context2")
        let raw = try check(pointer, "avformat_alloc_output_context2")
        let sink = ByteSink()
        let io: UnsafeMutablePointer<AVIOContext>
        do { io = try sink.makeContext() } catch { avformat_free_context(raw); throw error }
        var muxer = FragmentMuxer(owning: raw, io: io, sink: sink, from: encoder.timeBase)
        try muxer.begin(encoder, language)
        return muxer
    }

    private mutating func begin(_ encoder: borrowing Encoder, _ language: String?) throws(AVError) {
        raw.pointee.pb = io
        raw.pointee.flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT
        let stream = try check(avformat_new_stream(raw, nil), "avformat_new_stream")
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder.raw), "avcodec_parameters_from_context")
        stream.pointee.time_base = encoder.raw.pointee.time_base
        stream.pointee.sample_aspect_ratio = encoder.raw.pointee.sample_aspect_ratio
        stream.pointee.avg_frame_rate = encoder.raw.pointee.framerate
        if let language { av_dict_set(&stream.pointee.metadata, "language", language, 0) }
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        av_dict_set(&options, "movflags", "+cmaf+empty_moov+frag_custom+default_base_moof+negative_cts_offsets+skip_trailer", 0)
        try check(avformat_write_header(raw, &options), "begin the track")
        avio_flush(io)
        initialization = sink.take()
    }

    /// Adds a packet of the encoder, in its time base, to the fragment. The packet is empty afterwards.
    public func write(_ packet: borrowing Packet) throws(AVError) {
        guard let stream = raw.pointee.streams[0] else { return }
        av_packet_rescale_ts(packet.raw, from.raw, stream.pointee.time_base)
        packet.raw.pointee.stream_index = 0
        try check(av_write_frame(raw, packet.raw), "add to the fragment")
        av_packet_unref(packet.raw)
    }

    /// Ends the fragment and gives its bytes; empty when nothing was added.
    public func flush() throws(AVError) -> [UInt8] {
        try check(av_write_frame(raw, nil), "end the fragment")
        avio_flush(io)
        return sink.take()
    }
}

/// Where a muxer's bytes go.
private final class ByteSink {
    private var bytes: [UInt8] = []

    func take() -> [UInt8] {
        let taken = bytes
        bytes = []
        return taken
    }

    func makeContext() throws(AVError) -> UnsafeMutablePointer<AVIOContext> {
        let capacity = 64 << 10
        guard let buffer = av_malloc(capacity) else { throw AVError(code: libav_out_of_memory, operation: "av_malloc") }
        let context = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), CInt(capacity), 1, Unmanaged.passUnretained(self).toOpaque(), nil,
            { opaque, from, count in
                guard let opaque, let from else { return libav_invalid_data }
                Unmanaged<ByteSink>.fromOpaque(opaque).takeUnretainedValue().bytes.append(
                    contentsOf: UnsafeBufferPointer(start: from, count: Int(count)))
                return count
            }, nil)
        guard let context else { av_free(buffer); throw AVError(code: libav_out_of_memory, operation: "avio_alloc_context") }
        return context
    }
}
