import Glibc

/// The fields of a document, one after the other, where its bytes are. Every length is checked against what is there before it is used.
struct BSONElements {
    private let bytes: UnsafeRawBufferPointer   // without the leading length and the closing zero
    /// Where the next field begins.
    private(set) var at = 0

    /// MongoDB's own limit.
    static let depthLimit = 100

    /// `document` holds one whole document and nothing else.
    init(_ document: UnsafeRawBufferPointer) throws(BSONError) {
        guard document.count >= 5, Int(document.loadUnaligned(as: Int32.self)) == document.count, document[document.count - 1] == 0 else {
            throw BSONError(path: "", .malformed)
        }
        bytes = UnsafeRawBufferPointer(rebasing: document[4..<document.count - 1])
    }

    /// To the first field again.
    mutating func rewind() { at = 0 }

    /// The next field; nil at the end.
    mutating func next() throws(BSONError) -> BSONElement? {
        guard at < bytes.count else { return nil }
        let type = bytes[at]
        let nameEnd = try end(ofTextAt: at + 1)
        let name = UnsafeRawBufferPointer(rebasing: bytes[at + 1..<nameEnd])
        let from = nameEnd + 1
        guard let size = size(of: type, at: from), size <= bytes.count - from else {
            let isKnown = BSONElement.sizes[type] != nil
            throw BSONError(path: String(decoding: name, as: UTF8.self), isKnown ? .malformed : .unsupported(type: type))
        }
        at = from + size
        return BSONElement(type: type, name: name, value: UnsafeRawBufferPointer(rebasing: bytes[from..<at]))
    }

    private func end(ofTextAt start: Int) throws(BSONError) -> Int {
        guard start < bytes.count, let base = bytes.baseAddress, let end = memchr(base + start, 0, bytes.count - start) else {
            throw BSONError(path: "", .malformed)
        }
        return UnsafeRawPointer(end) - base
    }

    /// How many bytes the value takes; nil when it is of an unknown type or its length cannot be right.
    private func size(of type: UInt8, at from: Int) -> Int? {
        guard let size = BSONElement.sizes[type] else { return nil }
        guard case .prefixed(let extra, let least) = size else {
            if case .fixed(let count) = size { return count }
            return nil
        }
        guard bytes.count - from >= 4 else { return nil }
        let length = Int(bytes.loadUnaligned(fromByteOffset: from, as: Int32.self))
        return length < least ? nil : length + extra
    }
}
