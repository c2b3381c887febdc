/// The part of a file that a `Range` header asks for (RFC 9110, section 14). One range: several are answered with the whole, which is allowed.
enum ByteRange: Equatable {
    /// No range that is understood: the whole.
    case whole
    /// The bytes `from ..< to`.
    case part(from: UInt64, to: UInt64)
    /// The range lies beyond the end: 416.
    case unsatisfiable

    init(header: String?, size: UInt64) {
        self = .whole
        guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return }
        let bounds = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        guard bounds.count == 2, bounds.allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } && $0.utf8.count <= 18 }) else { return }
        switch (UInt64(bounds[0]), UInt64(bounds[1])) {
        case (let first?, let last?):
            guard first <= last else { return }
            self = first < size ? .part(from: first, to: min(last, size - 1) + 1) : .unsatisfiable
        case (let first?, nil):
            self = first < size ? .part(from: first, to: size) : .unsatisfiable
        case (nil, let suffix?):
            self = suffix == 0 || size == 0 ? .unsatisfiable : .part(from: size - min(suffix, size), to: size)
        case (nil, nil): return
        }
    }
}
