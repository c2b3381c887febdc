/// Bytes being written. A value with one owner: writing checks nothing but the capacity, and `finish` hands the memory over as it is.
public struct BufferWriter: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    /// How many bytes were written.
    public private(set) var count = 0
    private var capacity: Int

    /// Room for `capacity` bytes at first; it doubles when it is full.
    public init(capacity: Int) {
        self.capacity = max(capacity, 64)
        base = .allocate(capacity: self.capacity)
    }
    deinit { base.deallocate() }

    /// The bytes written, without a copy.
    public consuming func finish() -> Buffer {
        let buffer = Buffer(taking: base, count: count)
        discard self
        return buffer
    }

    /// Makes sure that `more` bytes fit without growing.
    @inline(__always) public mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(more) }
    }

    private mutating func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let bigger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        bigger.update(from: base, count: count)
        base.deallocate()
        base = bigger
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
        (base + count).update(from: from, count: source.count)
        count += source.count
    }

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
