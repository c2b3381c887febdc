internal import COpenSSL

/// The bytes of a secret key. They are wiped when nobody holds the key any more, and no description shows them.
public final class SecretKey: @unchecked Sendable {   // written before init returns and in deinit only
    private let bytes: UnsafeMutableRawBufferPointer

    /// A key of these bytes. The array stays the caller's to forget.
    public init(_ bytes: [UInt8]) {
        self.bytes = .allocate(byteCount: bytes.count, alignment: 16)
        self.bytes.copyBytes(from: bytes)
    }

    /// A key of the bytes that `fill` writes into memory of `byteCount` zeros.
    init(byteCount: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        bytes = .allocate(byteCount: byteCount, alignment: 16)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        fill(bytes)
    }

    deinit {
        Self.wipe(bytes)
        bytes.deallocate()
    }

    /// Overwrites memory that held something secret, in a way that no optimizer leaves out.
    static func wipe(_ memory: UnsafeMutableRawBufferPointer) {
        if let start = memory.baseAddress { OPENSSL_cleanse(start, memory.count) }
    }

    /// A new key that nobody can guess. The process ends if there is no randomness to be had.
    public static func random(byteCount: Int) -> SecretKey {
        SecretKey(byteCount: byteCount) { Random.fill($0) }
    }

    /// Bytes in the key.
    public var byteCount: Int { bytes.count }

    /// The bytes, for the time of the call.
    public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try body(UnsafeRawBufferPointer(bytes))
    }
}

extension SecretKey: CustomStringConvertible {
    /// How long the key is, and nothing else of it.
    public var description: String { "a secret key of \(byteCount) bytes" }
}
