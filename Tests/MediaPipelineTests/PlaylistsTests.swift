@testable import MediaPipeline
import Testing

@Suite struct PlaylistsTests {
    @Test("the peak is that of the worst run of half to one and a half target durations")
    func peak() {
        let pieces = [(6.0, 6000), (6.0, 12_000), (6.0, 3000), (1.0, 90_000)].map { (seconds: $0.0, bytes: $0.1) }
        let rates = Bandwidth(pieces, target: 6)
        // The last piece alone is too short for a run of its own.
        #expect(rates.peak == Double(3000 + 90_000) * 8 / 7)
        #expect(rates.average == Double(111_000) * 8 / 19)
    }

    @Test("a stream shorter than any such run has one rate")
    func short() {
        let rates = Bandwidth([(seconds: 1, bytes: 1000)], target: 6)
        #expect(rates.peak == 8000 && rates.average == 8000)
        #expect(Bandwidth([], target: 6).peak == 0)
    }

    @Test(
        "numbers are written with a point and all their places",
        arguments: [
            (6.0, 6, "6.000000"), (23.976023976, 3, "23.976"), (0.04, 6, "0.040000"), (5.9999999, 6, "6.000000"), (12.000001, 6, "12.000001"),
        ])
    func decimals(value: Double, places: Int, text: String) { #expect(Playlists.decimal(value, places) == text) }

    @Test("a media playlist is read back as it was meant")
    func read() throws {
        let text =
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-I-FRAMES-ONLY\n#EXT-X-INDEPENDENT-SEGMENTS\n"
            + "#EXT-X-MAP:URI=\"i_init.mp4\"\n#EXTINF:1.000000,\n#EXT-X-BYTERANGE:10@0\ni_1.m4s\n"
            + "#EXTINF:0.500000,\n#EXT-X-BYTERANGE:20@10\ni_1.m4s\n#EXT-X-ENDLIST\n"
        let playlist = try #require(MediaPlaylist(text))
        #expect(playlist.isVOD && playlist.isEnded && playlist.isIFramesOnly && playlist.isIndependent)
        #expect(playlist.target == 6 && playlist.initialization == "i_init.mp4" && playlist.seconds == 1.5)
        #expect(playlist.entries.map(\.range) == [0..<10, 10..<30])
        #expect(playlist.runs.count == 1)
        #expect(MediaPlaylist("hello") == nil)
        #expect(MediaPlaylist("#EXTM3U\nsegment.m4s\n") == nil, "a segment without a length")
        #expect(MediaPlaylist("#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:-5@0\ns\n") == nil)
    }

    @Test("lengths and ranges that are no amount of anything are none", arguments: ["inf", "nan", "1e400", "-1", "1e9", "x", ""])
    func length(text: String) {
        #expect(MediaPlaylist("#EXTM3U\n#EXTINF:\(text),\ns\n") == nil)
        let most = Int.max
        #expect(MediaPlaylist("#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:\(most)@\(most)\ns\n") == nil)
        #expect(MediaPlaylist("#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:\(most)@0\ns\n")?.entries.first?.range == 0..<most)
    }
}
