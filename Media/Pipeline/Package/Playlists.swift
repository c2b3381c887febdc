import LibAV

/// The playlists of a finished stream, made from what was measured (RFC 8216).
struct Playlists {
    let video: [(rung: Rung, rendition: Rendition)]
    let audio: (rendition: Rendition, language: LanguageTag)?
    let iFrames: (rung: Rung, rendition: Rendition)
    let frameRate: Rational

    /// Seconds that no segment exceeds when rounded: six, but for a stream too short to have a bit rate over six.
    var target: Int {
        let total = video.map(\.rendition.seconds).max() ?? 0
        return total < 3 ? max(1, Int(total.rounded())) : 6
    }

    func media(_ rendition: Rendition) -> String {
        var lines = head(rendition)
        for segment in rendition.segments {
            lines.append("#EXTINF:\(Self.decimal(rendition.seconds(segment.ticks), 6)),")
            lines.append(segment.file)
        }
        return (lines + ["#EXT-X-ENDLIST", ""]).joined(separator: "\n")
    }

    /// Every picture of the I-frame rendition for itself, its `moof` included.
    func iFrameMedia() -> String {
        let rendition = iFrames.rendition
        var lines = head(rendition)
        lines.insert("#EXT-X-I-FRAMES-ONLY", at: 4)
        for segment in rendition.segments {
            for fragment in segment.fragments {
                lines.append("#EXTINF:\(Self.decimal(rendition.seconds(fragment.ticks), 6)),")
                lines.append("#EXT-X-BYTERANGE:\(fragment.bytes)@\(fragment.offset)")
                lines.append(segment.file)
            }
        }
        return (lines + ["#EXT-X-ENDLIST", ""]).joined(separator: "\n")
    }

    private func head(_ rendition: Rendition) -> [String] {
        [
            "#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:\(target)", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS",
            "#EXT-X-MEDIA-SEQUENCE:1",
            "#EXT-X-MAP:URI=\"\(rendition.initialization)\"",
        ]
    }

    /// The variant near 2 Mb/s first, since players begin with it; then from the best down.
    func master() -> String {
        var lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
        if let audio { lines.append(audioGroup(audio.rendition, audio.language.text)) }
        let first = video.indices.min { abs(bandwidth(video[$0].rendition).peak - 2e6) < abs(bandwidth(video[$1].rendition).peak - 2e6) }
        for index in video.indices.sorted(by: { ($0 == first ? 0 : 1, $0) < ($1 == first ? 0 : 1, $1) }) {
            lines += [variant(video[index].rung, video[index].rendition), video[index].rendition.playlist]
        }
        return (lines + [iFrameVariant(), ""]).joined(separator: "\n")
    }

    private func audioGroup(_ rendition: Rendition, _ language: String) -> String {
        let attributes = [
            "TYPE=AUDIO", "GROUP-ID=\"audio\"", "NAME=\"\(language == "und" ? "Original" : language)\"", "LANGUAGE=\"\(language)\"", "DEFAULT=YES",
            "AUTOSELECT=YES", "CHANNELS=\"2\"", "URI=\"\(rendition.playlist)\"",
        ]
        return "#EXT-X-MEDIA:" + attributes.joined(separator: ",")
    }

    private func variant(_ rung: Rung, _ rendition: Rendition) -> String {
        var attributes = rates(bandwidth(rendition).peak, bandwidth(rendition).average)
        attributes += [
            "CODECS=\"\(codecs(rendition))\"", "RESOLUTION=\(rung.width)x\(rung.height)", "FRAME-RATE=\(Self.decimal(frameRate.value, 3))",
        ]
        if audio != nil { attributes.append("AUDIO=\"audio\"") }
        return "#EXT-X-STREAM-INF:" + (attributes + ["CLOSED-CAPTIONS=NONE"]).joined(separator: ",")
    }

    private func iFrameVariant() -> String {
        let (rung, rendition) = iFrames, measured = Bandwidth(fragmentsOf: iFrames.rendition, target: target)
        let attributes =
            rates(measured.peak, measured.average)
            + ["CODECS=\"\(rendition.codec)\"", "RESOLUTION=\(rung.width)x\(rung.height)", "URI=\"\(rendition.playlist)\""]
        return "#EXT-X-I-FRAME-STREAM-INF:" + attributes.joined(separator: ",")
    }

    private func rates(_ peak: Double, _ average: Double) -> [String] {
        ["BANDWIDTH=\(Self.whole(peak))", "AVERAGE-BANDWIDTH=\(Self.whole(average))"]
    }

    func codecs(_ rendition: Rendition) -> String { ([rendition.codec] + (audio.map { [$0.rendition.codec] } ?? [])).joined(separator: ",") }

    /// Of a variant: its pictures and the sound that goes with them.
    func bandwidth(_ rendition: Rendition) -> (peak: Double, average: Double) {
        let pictures = Bandwidth(rendition, target: target), sound = audio.map { Bandwidth($0.rendition, target: target) }
        return (pictures.peak + (sound?.peak ?? 0), pictures.average + (sound?.average ?? 0))
    }

    static func whole(_ rate: Double) -> Int { max(1, Int(rate.rounded(.up))) }

    /// A number with so many decimals, whatever the locale.
    static func decimal(_ value: Double, _ places: Int) -> String {
        let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
        let scaled = Int((value * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}
