import Glibc

/// Bytes being written. A value with one owner: writing checks nothing but the capacity, and `finish` hands the memory over as it is.
public struct BufferWriter: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    /// How many bytes were written.
    public private(set) var count = 0
    private var capacity: Int

    /// Room for `capacity` bytes at first; it grows when it is full.
    public init(capacity: Int) {
        self.capacity = max(capacity, 64)
        base = Buffer.memory(self.capacity, instead: nil)
    }
    deinit { free(base) }

    /// The bytes written, without a copy.
    public consuming func finish() -> Buffer {
        // What is kept for long, in a cache, takes no more room than it needs. The bytes stay where they are.
        if capacity - count > count / 8 { base = Buffer.memory(count, instead: base) }
        let buffer = Buffer(taking: base, count: count)
        discard self
        return buffer
    }

    /// Makes sure that `more` bytes fit without growing.
    @inline(__always) public mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(more) }
    }

    private mutating func grow(_ more: Int) {
        capacity = max(capacity < 1 << 16 ? capacity * 4 : capacity * 2, count + more)
        base = Buffer.memory(capacity, instead: base)
    }

    /// Appends one byte.
    @inline(__always) public mutating func append(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    /// Appends the UTF-8 of a literal.
    @inline(__always) public mutating func append(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a copy of `source`.
    @inline(__always) public mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
        guard let from = source.baseAddress else { return }
        reserve(source.count)
        copyBytes(from, to: base + count, count: source.count)
        count += source.count
    }

    /// Where the next `room` bytes are written by pointer. What was written counts with `advance`.
    @inline(__always) mutating func end(room: Int) -> UnsafeMutablePointer<UInt8> {
        reserve(room)
        return base + count
    }

    /// So many bytes were written behind the end.
    @inline(__always) mutating func advance(_ written: Int) { count += written }

    /// Appends a copy of the bytes of `buffer`.
    public mutating func append(_ buffer: Buffer) {
        append(buffer.bytes)
        // Not before the copy is made.
        withExtendedLifetime(buffer) {}
    }

    /// Appends the UTF-8 of `text`.
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }
}

/// Names, numbers and titles are short: two words that overlap take less time than a call.
@inline(__always) func copyBytes(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int) {
    let (from, to) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
    switch count {
    case 17...: to.copyMemory(from: from, byteCount: count)
    case 8...16: copyEnds(UInt64.self, from, to, count)
    case 4..<8: copyEnds(UInt32.self, from, to, count)
    case 2..<4: copyEnds(UInt16.self, from, to, count)
    case 1: target.pointee = source.pointee
    default: break
    }
}

@inline(__always) private func copyEnds<Word: FixedWidthInteger & BitwiseCopyable>(
    _: Word.Type, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int
) {
    let last = count - MemoryLayout<Word>.size
    let (first, second) = (from.loadUnaligned(as: Word.self), from.loadUnaligned(fromByteOffset: last, as: Word.self))
    to.storeBytes(of: first, as: Word.self)
    to.storeBytes(of: second, toByteOffset: last, as: Word.self)
}
