import Glibc

/// Bytes that are written once and then only read. The memory is freed with the last reference, so an answer can be sent from it without a copy.
public final class Buffer: Sendable {
    /// The bytes. Valid only as long as the buffer is referenced: not to be taken from a temporary (`withBytes`, `array` and `text` are safe there).
    // Written before the initialiser returns and never again.
    nonisolated(unsafe) public let bytes: UnsafeBufferPointer<UInt8>

    /// Takes over `count` bytes of memory that `malloc` gave.
    init(taking base: UnsafeMutablePointer<UInt8>, count: Int) {
        bytes = UnsafeBufferPointer(start: base, count: count)
    }

    /// A copy of `source`.
    public convenience init(_ source: some Collection<UInt8>) {
        let base = Buffer.memory(source.count, instead: nil)
        _ = UnsafeMutableBufferPointer(start: base, count: source.count).initialize(from: source)
        self.init(taking: base, count: source.count)
    }

    /// `realloc`, since it copies only where there is no room behind the old memory.
    static func memory(_ count: Int, instead old: UnsafeMutablePointer<UInt8>?) -> UnsafeMutablePointer<UInt8> {
        guard let memory = realloc(old, max(count, 1)) else { preconditionFailure("no memory") }
        return memory.assumingMemoryBound(to: UInt8.self)
    }

    deinit { free(UnsafeMutablePointer(mutating: bytes.baseAddress)) }

    /// How many bytes there are.
    public var count: Int { bytes.count }

    /// Runs `body` with the bytes, which stay for as long.
    public func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        try withExtendedLifetime(self) { try body(bytes) }
    }

    /// A copy of the bytes.
    public var array: [UInt8] { withBytes { Array($0) } }

    /// The bytes read as UTF-8.
    public var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
