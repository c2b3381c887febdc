/// One rendition while its segments are read back in order.
struct CheckedTrack {
    let rendition: PackageManifest.Rendition
    private let times: FragmentTimes
    private(set) var files: Set<String>
    private var clock: UInt64 = 0
    /// Where segments and key frames begin, in seconds.
    private var boundaries: [Double] = []
    private var keys: [Double] = []

    init(_ rendition: PackageManifest.Rendition, _ playlist: MediaPlaylist, _ times: FragmentTimes, _ initialization: String) {
        self.rendition = rendition
        self.times = times
        files = [rendition.playlist, initialization]
    }

    var seconds: Double { Double(clock) / Double(times.timescale) }

    /// A segment's bytes and the entries of the playlist that lie in it.
    mutating func add(_ bytes: [UInt8], _ name: String, _ entries: [MediaPlaylist.Entry]) throws {
        guard files.insert(name).inserted, let fragments = times.read(bytes) else {
            throw PipelineError.check("\(name) is not whole fragments of one track")
        }
        boundaries.append(seconds)
        let start = clock
        for fragment in fragments {
            guard fragment.start == clock else { throw PipelineError.check("\(name) leaves a gap or overlaps at \(seconds) s") }
            guard fragment.startsWithKey else { throw PipelineError.check("\(name) has a fragment that does not begin with a key frame") }
            keys.append(seconds)
            let (end, overflow) = clock.addingReportingOverflow(fragment.duration)
            guard !overflow else { throw PipelineError.check("\(name) does not end in any time that can be told") }
            clock = end
        }
        if rendition.kind == .iFrames {
            try compare(name, entries, fragments)
        } else {
            let stated = entries.reduce(0) { $0 + $1.seconds }, real = Double(clock - start) / Double(times.timescale)
            guard entries.count == 1, entries[0].range == nil, abs(stated - real) < 0.002 else {
                throw PipelineError.check("\(name) lasts \(real) s, not \(stated)")
            }
        }
    }

    /// An I-frame entry is one fragment, from its `moof` on.
    private func compare(_ name: String, _ entries: [MediaPlaylist.Entry], _ fragments: [FragmentTimes.Fragment]) throws {
        let isSame =
            entries.count == fragments.count
            && zip(entries, fragments).allSatisfy { entry, fragment in
                entry.range == fragment.range && abs(entry.seconds - Double(fragment.duration) / Double(times.timescale)) < 0.002
            }
        guard isSame else { throw PipelineError.check("\(name): its entries are not its fragments") }
    }

    func isAligned(with other: CheckedTrack) -> Bool {
        boundaries.count == other.boundaries.count && keys.count == other.keys.count
            && zip(boundaries + keys, other.boundaries + other.keys).allSatisfy { abs($0 - $1) < 0.002 }
    }
}

extension MediaPlaylist {
    /// Neighbouring entries of the same file together.
    var runs: [(file: String, entries: [Entry])] {
        entries.reduce(into: []) { runs, entry in
            if runs.last?.file == entry.file { runs[runs.count - 1].entries.append(entry) } else { runs.append((entry.file, [entry])) }
        }
    }
}
