internal import CLibAV

/// What a decoder, a filter or an encoder answers when asked for its next piece.
public enum Received: Sendable {
    case ready
    /// Give it more first.
    case needsInput
    /// It was told the end and has given everything.
    case finished

    init(_ code: CInt, _ operation: StaticString) throws(AVError) {
        switch code {
        case libav_again: self = .needsInput
        case libav_end_of_file: self = .finished
        default: try check(code, operation); self = .ready
        }
    }
}

/// One stream's packets to frames.
public struct Decoder: ~Copyable {
    private let raw: UnsafeMutablePointer<AVCodecContext>
    private init(owning raw: UnsafeMutablePointer<AVCodecContext>) { self.raw = raw }
    deinit { var pointer: UnsafeMutablePointer<AVCodecContext>? = raw; avcodec_free_context(&pointer) }

    /// For stream `index` of `demuxer`, within its limits.
    public static func make(for demuxer: borrowing Demuxer, stream index: Int, threads: Int) throws(AVError) -> Decoder {
        guard index < Int(demuxer.raw.pointee.nb_streams), let stream = demuxer.raw.pointee.streams[index] else {
            throw AVError(code: libav_decoder_not_found, operation: "no such stream")
        }
        let parameters = stream.pointee.codecpar
        guard let codec = avcodec_find_decoder(stream.pointee.codecpar.pointee.codec_id) else {
            throw AVError(code: libav_decoder_not_found, operation: "avcodec_find_decoder")
        }
        let decoder = Decoder(owning: try check(avcodec_alloc_context3(codec), "avcodec_alloc_context3"))
        try check(avcodec_parameters_to_context(decoder.raw, parameters), "avcodec_parameters_to_context")
        decoder.raw.pointee.pkt_timebase = stream.pointee.time_base
        decoder.raw.pointee.thread_count = CInt(threads)
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        av_dict_set(&options, "max_pixels", "\(demuxer.limits.pixels)", 0)
        av_dict_set(&options, "codec_whitelist", Demuxer.decoderNames(for: demuxer.limits.codecs), 0)
        try check(avcodec_open2(decoder.raw, codec, &options), "open the decoder")
        return decoder
    }

    public func send(_ packet: borrowing Packet) throws(AVError) { try check(avcodec_send_packet(raw, packet.raw), "decode") }
    /// No packet comes after this.
    public func finish() throws(AVError) { try check(avcodec_send_packet(raw, nil), "end decoding") }
    public func receive(into frame: borrowing Frame) throws(AVError) -> Received { try Received(avcodec_receive_frame(raw, frame.raw), "decode") }
}
