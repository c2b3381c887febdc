internal import CLibAV

/// One compressed frame, with one owner. Reused from read to read: whoever fills it drops what it held.
public struct Packet: ~Copyable {
    let raw: UnsafeMutablePointer<AVPacket>

    private init(owning raw: UnsafeMutablePointer<AVPacket>) { self.raw = raw }
    public static func make() throws(AVError) -> Packet { Packet(owning: try check(av_packet_alloc(), "av_packet_alloc")) }
    deinit { var pointer: UnsafeMutablePointer<AVPacket>? = raw; av_packet_free(&pointer) }

    /// The stream it belongs to.
    public var stream: Int { Int(raw.pointee.stream_index) }
    public var size: Int { Int(raw.pointee.size) }
    /// When it is shown, in the time base of its stream or encoder; nil when the container does not say.
    public var presentation: Int64? { raw.pointee.pts == libav_no_timestamp ? nil : raw.pointee.pts }
    /// When it is decoded.
    public var decoding: Int64? { raw.pointee.dts == libav_no_timestamp ? nil : raw.pointee.dts }
    /// How long it lasts; 0 when unknown.
    public var duration: Int64 { raw.pointee.duration }
    public var isKey: Bool { raw.pointee.flags & AV_PKT_FLAG_KEY != 0 }
    /// The demuxer found its bytes damaged.
    public var isCorrupt: Bool { raw.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }
    /// Needed for decoding, never shown (before an edit).
    public var isDiscarded: Bool { raw.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }

    public func setDuration(_ duration: Int64) { raw.pointee.duration = duration }
    /// Moves presentation and decoding by `ticks`.
    public func shift(by ticks: Int64) {
        if raw.pointee.pts != libav_no_timestamp { raw.pointee.pts += ticks }
        if raw.pointee.dts != libav_no_timestamp { raw.pointee.dts += ticks }
    }
    /// Takes over what `other` holds, which is empty afterwards.
    public func take(from other: borrowing Packet) {
        av_packet_unref(raw)
        av_packet_move_ref(raw, other.raw)
    }
    public func clear() { av_packet_unref(raw) }

    /// A copy of its bytes.
    public var bytes: [UInt8] { Array(UnsafeBufferPointer(start: raw.pointee.data, count: size)) }
}
