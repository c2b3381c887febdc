@testable import MediaPipeline
import Testing

@Suite struct ContainerTests {
    private static func head(_ text: String, at offset: Int = 0) -> [UInt8] {
        [UInt8](repeating: 0, count: offset) + Array(text.utf8) + [UInt8](repeating: 0, count: 64)
    }
    private static func packets(_ size: Int, sync: Int, count: Int) -> [UInt8] {
        (0..<count).flatMap { _ in [UInt8](repeating: 1, count: sync) + [0x47] + [UInt8](repeating: 2, count: size - sync - 1) }
    }

    @Test(
        "containers are known by their first bytes",
        arguments: [
            (head("\0\0\0\u{18}ftypmp42"), Container.mp4), (head("\0\0\0\u{8}wide"), .mp4), (head("moov", at: 4), .mp4),
            ([0x1A, 0x45, 0xDF, 0xA3], .matroska),
            (packets(188, sync: 0, count: 6), .mpegTS), (packets(192, sync: 4, count: 6), .mpegTS), ([0, 0, 1, 0xBA, 0x44], .mpegPS),
            ([0, 0, 1, 0xB3], .mpegVideo),
            (Array("RIFF\u{1}\u{1}\u{1}\u{1}AVI LIST".utf8), .avi), (Array("FLV\u{1}".utf8), .flv),
        ])
    func containers(bytes: [UInt8], container: Container) { #expect(Signature(bytes) == .video(container)) }

    @Test(
        "playlists, pictures, text, archives and sound are told apart from video",
        arguments: [
            ("#EXTM3U\n#EXTINF:1,\nother.mp4\n", Signature.playlist("an HLS playlist (m3u8)")),
            ("\u{FEFF}  \n#EXTM3U\n", .playlist("an HLS playlist (m3u8)")),
            ("ffconcat version 1.0\nfile other.mp4\n", .playlist("a list of files (ffconcat)")),
            ("<?xml version=\"1.0\"?>\n<MPD>", .playlist("a DASH manifest (MPD)")),
            ("v=0\r\no=- 1 1 IN IP4 1.2.3.4", .playlist("a session description (SDP)")), ("<svg xmlns=''>", .other("a drawing (SVG)")),
            ("hello", .other("text")),
            ("%PDF-1.7", .other("a PDF document")), ("ID3\u{4}\0", .audio("MP3")), ("fLaC\0", .audio("FLAC")),
            ("RIFF\u{1}\u{1}\u{1}\u{1}WAVEfmt ", .audio("WAV")),
        ])
    func others(text: String, signature: Signature) { #expect(Signature(Array(text.utf8)) == signature) }

    @Test("binary pictures and noise are no video")
    func binary() {
        #expect(Signature([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A]) == .other("a picture (PNG)"))
        #expect(Signature([0xFF, 0xD8, 0xFF, 0xE0]) == .other("a picture (JPEG)"))
        #expect(Signature(Self.head("\0\0\0\u{18}ftypavif")) == .other("a picture"))
        #expect(Signature([0xFF, 0xF1, 0x50, 0x80]) == .audio("AAC"))
        #expect(Signature([0xFF, 0xFB, 0x90, 0x00]) == .audio("MP3"))
        #expect(Signature([1, 2, 3, 4, 5, 6, 7, 8, 9]) == .unknown)
        #expect(Signature([]) == .unknown)
        #expect(Signature(Self.packets(188, sync: 0, count: 3)) == .unknown, "three sync bytes may be chance")
    }
}
