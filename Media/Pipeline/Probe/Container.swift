/// A container that is taken, found by its own first bytes before libav sees any of them.
public enum Container: String, Sendable, CaseIterable {
    case mp4, matroska, mpegTS, mpegPS, mpegVideo, avi, flv, asf

    /// libav's name of the one demuxer that will be used for it.
    var demuxer: String {
        switch self {
        case .mp4: "mov"
        case .matroska: "matroska"
        case .mpegTS: "mpegts"
        case .mpegPS: "mpeg"
        case .mpegVideo: "mpegvideo"
        case .avi: "avi"
        case .flv: "flv"
        case .asf: "asf"
        }
    }
}

/// What the first bytes of a file say it is.
enum Signature: Equatable {
    case video(Container)
    /// Sound without pictures.
    case audio(String)
    /// A text that names other files or servers: never opened.
    case playlist(String)
    case other(String)
    case unknown

    /// How many bytes are looked at.
    static let length = 4096

    init(_ head: [UInt8]) {
        self = Self.container(head) ?? Self.known(head) ?? Self.text(head) ?? .unknown
    }

    private static func container(_ head: [UInt8]) -> Signature? {
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return .video(.matroska) }
        if head.starts(with: [0x00, 0x00, 0x01, 0xBA]) { return .video(.mpegPS) }
        if head.starts(with: [0x00, 0x00, 0x01, 0xB3]) { return .video(.mpegVideo) }
        if head.starts(with: [0x46, 0x4C, 0x56, 0x01]) { return .video(.flv) }
        if head.starts(with: [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA, 0x00, 0x62, 0xCE, 0x6C]) {
            return .video(.asf)
        }
        if text(head, at: 0, "RIFF") && text(head, at: 8, "AVI ") { return .video(.avi) }
        if isTransportStream(head, packet: 188, sync: 0) || isTransportStream(head, packet: 192, sync: 4) { return .video(.mpegTS) }
        return isoFile(head)
    }

    /// ISO base media and QuickTime: a box with a name that may come first. Pictures use the same boxes under their own brands.
    private static func isoFile(_ head: [UInt8]) -> Signature? {
        guard ["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp"].contains(where: { text(head, at: 4, $0) }) else { return nil }
        if text(head, at: 4, "ftyp"), ["heic", "heix", "mif1", "msf1", "avif", "avis", "jpeg", "crx "].contains(where: { text(head, at: 8, $0) }) {
            return .other("a picture")
        }
        return .video(.mp4)
    }

    /// Sync bytes wherever they must be, at least four of them.
    private static func isTransportStream(_ head: [UInt8], packet: Int, sync: Int) -> Bool {
        let places = Array(stride(from: sync, to: head.count, by: packet))
        return places.count >= 4 && places.allSatisfy { head[$0] == 0x47 }
    }

    private static func known(_ head: [UInt8]) -> Signature? {
        if text(head, at: 0, "RIFF") {
            return text(head, at: 8, "WAVE") ? .audio("WAV") : text(head, at: 8, "WEBP") ? .other("a picture (WebP)") : nil
        }
        let signatures: [(bytes: [UInt8], is: Signature)] = [
            ([0x89, 0x50, 0x4E, 0x47], .other("a picture (PNG)")), ([0x47, 0x49, 0x46, 0x38], .other("a picture (GIF)")),
            ([0xFF, 0xD8, 0xFF], .other("a picture (JPEG)")),
            ([0x49, 0x49, 0x2A, 0x00], .other("a picture (TIFF)")), ([0x4D, 0x4D, 0x00, 0x2A], .other("a picture (TIFF)")),
            (Array("%PDF".utf8), .other("a PDF document")), (Array("PK".utf8) + [3, 4], .other("an archive or office document")),
            ([0x1F, 0x8B], .other("a compressed file")),
            ([0x37, 0x7A, 0xBC, 0xAF], .other("an archive (7z)")), (Array("Rar!".utf8), .other("an archive (RAR)")),
            ([0x7F, 0x45, 0x4C, 0x46], .other("a program")),
            (Array("MZ".utf8), .other("a program")), (Array("ID3".utf8), .audio("MP3")), (Array("fLaC".utf8), .audio("FLAC")),
            (Array("OggS".utf8), .audio("Ogg")),
        ]
        if let found = signatures.first(where: { head.starts(with: $0.bytes) }) { return found.is }
        if head.count > 1, head[0] == 0xFF, head[1] & 0xE0 == 0xE0 { return .audio(head[1] & 0x06 == 0 ? "AAC" : "MP3") }
        return nil
    }

    /// Text that is a playlist, a drawing or just text: no control bytes but white space.
    private static func text(_ head: [UInt8]) -> Signature? {
        guard !head.isEmpty, head.allSatisfy({ $0 >= 0x20 || (9...13).contains($0) }) else { return nil }
        var words = head[...]
        if words.starts(with: [0xEF, 0xBB, 0xBF]) { words = words.dropFirst(3) }
        words = words.drop { $0 == 0x20 || (9...13).contains($0) }
        let start = String(decoding: words.prefix(512), as: UTF8.self).lowercased()
        if start.hasPrefix("#extm3u") { return .playlist("an HLS playlist (m3u8)") }
        if start.hasPrefix("ffconcat") { return .playlist("a list of files (ffconcat)") }
        if start.contains("<mpd") { return .playlist("a DASH manifest (MPD)") }
        if start.hasPrefix("v=0") { return .playlist("a session description (SDP)") }
        if start.contains("<svg") { return .other("a drawing (SVG)") }
        return .other("text")
    }

    private static func text(_ head: [UInt8], at offset: Int, _ text: String) -> Bool {
        head.count >= offset + 4 && head[offset..<(offset + 4)].elementsEqual(text.utf8)
    }
}
