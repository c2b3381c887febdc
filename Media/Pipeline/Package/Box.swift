/// A box of an MP4 file (ISO/IEC 14496-12, 4.2), by where it lies in the bytes it was found in.
struct Box {
    let kind: String
    /// Of the whole box.
    let range: Range<Int>
    /// Of what is in it.
    let body: Range<Int>

    /// More boxes side by side than any file of a stream has.
    private static let most = 4096

    /// The boxes side by side in `range`; nil when one does not end within it, or when there are too many to be what they should.
    static func list(_ bytes: [UInt8], in range: Range<Int>) -> [Box]? {
        var boxes: [Box] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            guard offset + 8 <= range.upperBound, boxes.count < most else { return nil }
            var length = bigEndian(bytes[offset..<(offset + 4)]), header = 8
            if length == 1 {
                guard offset + 16 <= range.upperBound else { return nil }
                length = bigEndian(bytes[(offset + 8)..<(offset + 16)])
                header = 16
            }
            guard length >= UInt64(header), length <= UInt64(range.upperBound - offset) else { return nil }
            let end = offset + Int(length)
            boxes.append(
                Box(kind: String(decoding: bytes[(offset + 4)..<(offset + 8)], as: UTF8.self), range: offset..<end, body: (offset + header)..<end))
            offset = end
        }
        return boxes
    }

    /// The first box at a path of kinds, from the outermost in.
    static func find(_ path: [String], in bytes: [UInt8], within range: Range<Int>? = nil) -> Box? {
        guard let kind = path.first, let box = list(bytes, in: range ?? 0..<bytes.count)?.first(where: { $0.kind == kind }) else { return nil }
        if path.count == 1 { return box }
        // What stands before the boxes inside these.
        let skipped = ["stsd": 8, "avc1": 78, "mp4a": 28][kind] ?? 0
        guard box.body.count >= skipped else { return nil }
        return find(Array(path.dropFirst()), in: bytes, within: (box.body.lowerBound + skipped)..<box.body.upperBound)
    }
}

/// RFC 6381 names, read from the sample descriptions that players read.
enum CodecString {
    static func read(_ initialization: [UInt8]) -> String? {
        let entry = ["moov", "trak", "mdia", "minf", "stbl", "stsd"]
        if let box = Box.find(entry + ["avc1", "avcC"], in: initialization), box.body.count >= 4 {
            let profile = initialization[(box.body.lowerBound + 1)..<(box.body.lowerBound + 4)]
            return "avc1." + profile.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        guard let box = Box.find(entry + ["mp4a", "esds"], in: initialization) else { return nil }
        return audio(Array(initialization[box.body].dropFirst(4)))
    }

    /// ISO/IEC 14496-1, 7.2.6: descriptors are a tag, a length in groups of seven bits, and what is in them.
    private static func audio(_ bytes: [UInt8]) -> String? {
        var at = 0
        func open(_ tag: UInt8) -> Bool {
            guard at < bytes.count, bytes[at] == tag else { return false }
            at += 1
            while at < bytes.count, bytes[at] & 0x80 != 0 { at += 1 }
            at += 1
            return at < bytes.count
        }
        guard open(3) else { return nil }
        at += 3
        guard open(4) else { return nil }
        let object = bytes[at]
        at += 13
        guard object == 0x40, open(5) else { return nil }
        let kind = bytes[at] >> 3
        return "mp4a.40.\(kind)"
    }
}
