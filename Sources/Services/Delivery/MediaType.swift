/// The media types of a stream's files (Apple HLS authoring specification, 10.4).
enum MediaType {
    /// Nil for a name that no stream has: it is not served.
    static func of(file name: String) -> String? {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex, name.utf8.count <= 100, name.utf8.allSatisfy(isPlain), !name.hasPrefix(".")
        else { return nil }
        return switch name[name.index(after: dot)...] {
        case "m3u8": "application/vnd.apple.mpegurl"
        case "m4s": "video/iso.segment"
        case "mp4": "video/mp4"
        case "jpg": "image/jpeg"
        case "vtt": "text/vtt"
        default: nil
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x61...0x7A ~= byte || 0x41...0x5A ~= byte || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}
