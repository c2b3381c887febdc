/// Bytes that are written once and then only read. The memory is freed with the last reference, so an answer can be sent from it without a copy.
public final class Buffer: Sendable {
    /// The bytes. Valid as long as the buffer is referenced.
    // Written before the initialiser returns and never again.
    nonisolated(unsafe) public let bytes: UnsafeBufferPointer<UInt8>

    /// Takes over `count` bytes of memory that `UnsafeMutablePointer.allocate` gave.
    public init(taking base: UnsafeMutablePointer<UInt8>, count: Int) {
        bytes = UnsafeBufferPointer(start: base, count: count)
    }

    /// A copy of `source`.
    public convenience init(_ source: some Collection<UInt8>) {
        let base = UnsafeMutablePointer<UInt8>.allocate(capacity: max(source.count, 1))
        _ = UnsafeMutableBufferPointer(start: base, count: source.count).initialize(from: source)
        self.init(taking: base, count: source.count)
    }

    deinit { bytes.deallocate() }

    /// How many bytes there are.
    public var count: Int { bytes.count }

    /// A copy of the bytes.
    public var array: [UInt8] { Array(bytes) }
}
