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
        guard let header, let equals = header.firstIndex(of: "="), header[..<equals].lowercased() == "bytes" else { return }
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var range = header[header.index(after: equals)...].drop(while: blank)
        while range.last.map(blank) == true { range.removeLast() }
        let bounds = range.split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, bounds.allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }) else { return }
        switch (Self.number(bounds[0]), Self.number(bounds[1])) {
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

    /// Digits as a number, the greatest one where they are more than it; nil for none.
    private static func number(_ digits: Substring) -> UInt64? { digits.isEmpty ? nil : UInt64(digits) ?? .max }
}
