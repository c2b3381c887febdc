import LibAV

/// One track cut into segments: what its playlist says, counted in its own unit of time.
struct Rendition {
    struct Fragment {
        /// Where it begins in its segment's file, and how long it is.
        let offset: Int
        let bytes: Int
        let ticks: Int64
    }

    struct Segment {
        let file: String
        let fragments: [Fragment]
        var bytes: Int { fragments.reduce(0) { $0 + $1.bytes } }
        var ticks: Int64 { fragments.reduce(0) { $0 + $1.ticks } }
    }

    let name: String
    /// Seconds in a tick.
    let unit: Rational
    /// RFC 6381, read back from the initialization that players get.
    let codec: String
    let segments: [Segment]

    var playlist: String { "\(name).m3u8" }
    var initialization: String { Self.initialization(name) }
    static func initialization(_ name: String) -> String { "\(name)_init.mp4" }
    var bytes: Int { segments.reduce(0) { $0 + $1.bytes } }
    var ticks: Int64 { segments.reduce(0) { $0 + $1.ticks } }
    var seconds: Double { seconds(ticks) }
    func seconds(_ ticks: Int64) -> Double { Double(ticks) * unit.value }
}

/// Measured bits a second, as playlists state them.
struct Bandwidth: Equatable {
    let peak: Double
    let average: Double

    /// RFC 8216, 4.3.4.2: the peak is the largest of any run of pieces that lasts half to one and a half target durations.
    init(_ pieces: [(seconds: Double, bytes: Int)], target: Double) {
        let total = pieces.reduce(0) { $0 + $1.seconds }
        average = total > 0 ? Double(pieces.reduce(0) { $0 + $1.bytes }) * 8 / total : 0
        var best = 0.0
        for start in pieces.indices {
            var (seconds, bytes) = (0.0, 0)
            for piece in pieces[start...] {
                seconds += piece.seconds
                bytes += piece.bytes
                if seconds > 1.5 * target { break }
                if seconds >= 0.5 * target { best = max(best, Double(bytes) * 8 / seconds) }
            }
        }
        // Shorter than any such run: all of it.
        peak = best > 0 ? best : average
    }

    init(_ rendition: Rendition, target: Int) {
        self.init(rendition.segments.map { (rendition.seconds($0.ticks), $0.bytes) }, target: Double(target))
    }

    /// Each fragment for itself, as an I-frame playlist offers them.
    init(fragmentsOf rendition: Rendition, target: Int) {
        self.init(rendition.segments.flatMap(\.fragments).map { (rendition.seconds($0.ticks), $0.bytes) }, target: Double(target))
    }
}
