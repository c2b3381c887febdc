/// Whether a file's own lengths reach beyond its end: an upload that was cut off, whatever its beginning says.
enum Completeness {
    static func isCutOff(_ file: borrowing SourceFile, as container: Container) throws -> Bool {
        switch container {
        case .mp4: try isoIsCutOff(file)
        case .matroska: try matroskaIsCutOff(file)
        case .avi: try riffIsCutOff(file)
        case .mpegTS, .mpegPS, .mpegVideo, .flv, .asf: false
        }
    }

    /// Walks the outermost boxes (ISO/IEC 14496-12, 4.2): one of the needed kinds that ends beyond the file, or no `moov` at all.
    private static func isoIsCutOff(_ file: borrowing SourceFile) throws -> Bool {
        var offset: Int64 = 0
        var hasMovie = false
        for _ in 0..<1_000_000 where offset + 8 <= file.size {
            let head = try file.read(16, at: offset)
            guard head.count >= 8 else { break }
            let kind = String(decoding: head[4..<8], as: UTF8.self)
            var length = Int64(bigEndian(head[0..<4]))
            if length == 1 { length = head.count == 16 ? Int64(clamping: bigEndian(head[8..<16])) : .max }
            if length == 0 { length = file.size - offset }
            // Bytes that are no box: what came before decides.
            guard length >= 8 else { break }
            if length > file.size - offset { return ["mdat", "moov", "moof"].contains(kind) || !hasMovie }
            if kind == "moov" { hasMovie = true }
            offset += length
        }
        return !hasMovie
    }

    /// EBML header, then a Segment whose size is known and ends beyond the file (RFC 9559).
    private static func matroskaIsCutOff(_ file: borrowing SourceFile) throws -> Bool {
        let head = try file.read(Signature.length, at: 0)
        guard let header = element(head, at: 0), let length = header.length, length < Int64(head.count) else { return false }
        let start = header.body + Int(length)
        guard start < head.count, let segment = element(head, at: start), segment.id == 0x18538067, let length = segment.length else { return false }
        return length > file.size - Int64(segment.body)
    }

    private static func riffIsCutOff(_ file: borrowing SourceFile) throws -> Bool {
        let head = try file.read(8, at: 0)
        guard head.count == 8 else { return true }
        return Int64(bigEndian(head[4..<8].reversed())) > file.size - 8
    }

    /// An EBML element: its id with the marker bit, its length (nil when unknown), where its body begins.
    private static func element(_ bytes: [UInt8], at start: Int) -> (id: UInt64, length: Int64?, body: Int)? {
        guard start < bytes.count else { return nil }
        let idLength = bytes[start].leadingZeroBitCount + 1
        let sizeAt = start + idLength
        guard idLength <= 4, sizeAt < bytes.count else { return nil }
        let sizeLength = bytes[sizeAt].leadingZeroBitCount + 1
        guard sizeLength <= 8, sizeAt + sizeLength <= bytes.count else { return nil }
        let value = bigEndian(bytes[sizeAt..<(sizeAt + sizeLength)]) & ((1 << (7 * UInt64(sizeLength))) - 1)
        let isUnknown = value == (1 << (7 * UInt64(sizeLength))) - 1
        return (bigEndian(bytes[start..<sizeAt]), isUnknown ? nil : Int64(value), sizeAt + sizeLength)
    }
}

func bigEndian(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
