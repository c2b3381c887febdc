/// Times that the boxes of a segment state, read as a player reads them (ISO/IEC 14496-12, 8.8).
struct FragmentTimes {
    struct Fragment {
        let range: Range<Int>
        let start: UInt64
        let duration: UInt64
        let startsWithKey: Bool
    }

    /// Ticks a second of the track.
    let timescale: Int
    private let defaultDuration: UInt64
    private let defaultFlags: UInt64

    /// Nil for bytes that are not one track's initialization.
    init?(initialization bytes: [UInt8]) {
        guard let brands = Box.find(["ftyp"], in: bytes).map({ bytes[$0.body] }), Self.contains(brands, "cmfc"),
            let movie = Box.find(["moov"], in: bytes), Box.list(bytes, in: movie.body)?.filter({ $0.kind == "trak" }).count == 1,
            let header = Box.find(["moov", "trak", "mdia", "mdhd"], in: bytes)?.body, header.count >= 24,
            let defaults = Box.find(["moov", "mvex", "trex"], in: bytes)?.body, defaults.count >= 24
        else { return nil }
        let at = header.lowerBound + (bytes[header.lowerBound] == 1 ? 20 : 12)
        timescale = Int(bigEndian(bytes[at..<(at + 4)]))
        defaultDuration = bigEndian(bytes[(defaults.lowerBound + 12)..<(defaults.lowerBound + 16)])
        defaultFlags = bigEndian(bytes[(defaults.lowerBound + 20)..<(defaults.lowerBound + 24)])
        guard timescale > 0 else { return nil }
    }

    private static func contains(_ bytes: ArraySlice<UInt8>, _ brand: String) -> Bool {
        stride(from: bytes.startIndex, to: bytes.endIndex - 3, by: 4).contains { bytes[$0..<($0 + 4)].elementsEqual(brand.utf8) }
    }

    /// The fragments of a segment in order; nil when its boxes are not whole pairs of `moof` and `mdat` with one track and one run.
    func read(_ bytes: [UInt8]) -> [Fragment]? {
        guard let boxes = Box.list(bytes, in: 0..<bytes.count), boxes.count % 2 == 0, !boxes.isEmpty else { return nil }
        var fragments: [Fragment] = []
        for pair in stride(from: 0, to: boxes.count, by: 2) {
            guard boxes[pair].kind == "moof", boxes[pair + 1].kind == "mdat", let fragment = fragment(bytes, boxes[pair], boxes[pair + 1]) else {
                return nil
            }
            fragments.append(fragment)
        }
        return fragments
    }

    private func fragment(_ bytes: [UInt8], _ moof: Box, _ mdat: Box) -> Fragment? {
        guard let tracks = Box.list(bytes, in: moof.body)?.filter({ $0.kind == "traf" }), tracks.count == 1,
            let parts = Box.list(bytes, in: tracks[0].body),
            let header = parts.first(where: { $0.kind == "tfhd" }), let time = parts.first(where: { $0.kind == "tfdt" }), time.body.count >= 8
        else { return nil }
        let runs = parts.filter { $0.kind == "trun" }
        guard runs.count == 1, let samples = Samples(bytes, header.body, runs[0].body, in: mdat, defaultDuration, defaultFlags)
        else { return nil }
        let isWide = bytes[time.body.lowerBound] == 1
        guard !isWide || time.body.count >= 12 else { return nil }
        let at = time.body.lowerBound + 4
        return Fragment(
            range: moof.range.lowerBound..<mdat.range.upperBound, start: bigEndian(bytes[at..<(at + (isWide ? 8 : 4))]), duration: samples.duration,
            startsWithKey: samples.firstFlags & 0x10000 == 0)
    }
}

/// What a track run says of its samples together.
private struct Samples {
    private(set) var duration: UInt64 = 0
    private(set) var firstFlags: UInt64

    /// No run has more samples than its data has bytes: with none of their fields in the run, its eight bytes could name thousands of millions.
    init?(_ bytes: [UInt8], _ header: Range<Int>, _ run: Range<Int>, in data: Box, _ usualDuration: UInt64, _ usualFlags: UInt64) {
        var reader = FieldReader(bytes, header)
        guard let headerFlags = reader.next().map({ $0 & 0xFFFFFF }), reader.next() != nil else { return nil }
        var (usualDuration, usualFlags) = (usualDuration, usualFlags)
        if headerFlags & 1 != 0 { reader.skip(8) }
        if headerFlags & 2 != 0 { reader.skip(4) }
        if headerFlags & 8 != 0 { usualDuration = reader.next() ?? 0 }
        if headerFlags & 16 != 0 { reader.skip(4) }
        if headerFlags & 32 != 0 { usualFlags = reader.next() ?? 0 }

        reader = FieldReader(bytes, run)
        guard let flags = reader.next().map({ $0 & 0xFFFFFF }), let count = reader.next(), (1...UInt64(max(1, data.body.count))).contains(count)
        else { return nil }
        if flags & 1 != 0 { reader.skip(4) }
        let first = flags & 4 != 0 ? reader.next() : nil
        firstFlags = first ?? usualFlags
        for index in 0..<count {
            guard let own = flags & 0x100 != 0 ? reader.next() : usualDuration else { return nil }
            duration += own
            if flags & 0x200 != 0 { reader.skip(4) }
            if flags & 0x400 != 0 {
                guard let own = reader.next() else { return nil }
                if index == 0 && first == nil { firstFlags = own }
            }
            if flags & 0x800 != 0 { reader.skip(4) }
            if reader.isBeyondEnd { return nil }
        }
    }
}

/// Four bytes at a time.
private struct FieldReader {
    private let bytes: [UInt8]
    private let end: Int
    private var at: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        at = range.lowerBound
        end = range.upperBound
    }

    var isBeyondEnd: Bool { at > end }
    mutating func skip(_ count: Int) { at += count }
    mutating func next() -> UInt64? {
        guard at + 4 <= end else { return nil }
        defer { at += 4 }
        return bigEndian(bytes[at..<(at + 4)])
    }
}
