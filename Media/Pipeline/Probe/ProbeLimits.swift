/// How much of a video is taken.
public struct ProbeLimits: Sendable, Hashable {
    public var bytes: Int64 = 16 << 30
    public var seconds = 12.0 * 3600
    /// A picture may stand for so long until the next. With longer ones, few bytes would make hours of work.
    public var stillSeconds = 600.0
    public var pixels = 7680 * 4320
    public var shortestSide = 16
    public var streams = 32

    public init() {}

    /// Codecs that instructors' files have, by libav's names; what else libav could read is left alone.
    static let videoCodecs: Set<String> = [
        "h264", "hevc", "av1", "vp8", "vp9", "mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "h263", "flv1", "prores",
        "dnxhd", "mjpeg",
        "wmv1", "wmv2", "wmv3", "vc1", "theora", "dvvideo", "ffv1", "huffyuv", "ffvhuff", "utvideo", "qtrle", "rawvideo", "svq3", "vp6f", "flashsv",
        "flashsv2",
    ]
    static let audioCodecs: Set<String> = [
        "aac", "aac_latm", "mp3", "mp2", "ac3", "eac3", "dts", "opus", "vorbis", "flac", "alac", "wmav1", "wmav2", "wmapro", "amr_nb", "amr_wb",
        "nellymoser", "speex",
        "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_u8", "pcm_s8", "pcm_alaw",
        "pcm_mulaw",
        "pcm_dvd", "pcm_bluray", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf",
    ]
}
