/// A media playlist as a player reads it (RFC 8216): what is needed to check one.
struct MediaPlaylist {
    struct Entry {
        let seconds: Double
        let file: String
        /// Nil: all of the file.
        let range: Range<Int>?
    }

    private(set) var target = 0
    private(set) var initialization: String?
    private(set) var entries: [Entry] = []
    private(set) var isEnded = false
    private(set) var isVOD = false
    private(set) var isIndependent = false
    private(set) var isIFramesOnly = false
    var seconds: Double { entries.reduce(0) { $0 + $1.seconds } }

    /// Nil for text that is no such playlist.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        guard lines.first == "#EXTM3U" else { return nil }
        var seconds: Double?
        var range: Range<Int>?
        for line in lines.dropFirst() {
            if let value = Self.value(line, "#EXTINF:") {
                guard let length = Double(value.prefix { $0 != "," }), Self.lengths.contains(length) else { return nil }
                seconds = length
            } else if let value = Self.value(line, "#EXT-X-BYTERANGE:") {
                guard let bytes = Self.range(value) else { return nil }
                range = bytes
            } else if let value = Self.value(line, "#EXT-X-TARGETDURATION:") {
                target = Int(value) ?? 0
            } else if let value = Self.value(line, "#EXT-X-MAP:URI=\"") {
                initialization = String(value.prefix { $0 != "\"" })
            } else if !line.hasPrefix("#") {
                guard let length = seconds else { return nil }
                entries.append(Entry(seconds: length, file: String(line), range: range))
                (seconds, range) = (nil, nil)
            } else {
                mark(line)
            }
        }
    }

    /// Seconds that an entry may last. Not every number is one: `inf` and `nan` are read as numbers, too.
    private static let lengths = 0.0...86_400

    /// `length@offset`.
    private static func range(_ text: Substring) -> Range<Int>? {
        let parts = text.split(separator: "@").compactMap { Int($0) }
        guard parts.count == 2, parts[0] > 0, parts[1] >= 0 else { return nil }
        let (end, overflow) = parts[1].addingReportingOverflow(parts[0])
        return overflow ? nil : parts[1]..<end
    }

    private mutating func mark(_ line: Substring) {
        switch line {
        case "#EXT-X-ENDLIST": isEnded = true
        case "#EXT-X-PLAYLIST-TYPE:VOD": isVOD = true
        case "#EXT-X-INDEPENDENT-SEGMENTS": isIndependent = true
        case "#EXT-X-I-FRAMES-ONLY": isIFramesOnly = true
        default: break
        }
    }

    private static func value(_ line: Substring, _ tag: String) -> Substring? { line.hasPrefix(tag) ? line.dropFirst(tag.count) : nil }
}
