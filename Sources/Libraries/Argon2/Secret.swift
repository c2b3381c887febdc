import Glibc

/// A password's bytes, wiped when nobody needs them any more.
final class Secret: @unchecked Sendable {   // written before init returns and in deinit only
    let bytes: UnsafeMutablePointer<UInt8>
    let count: Int

    init(_ text: String) {
        count = text.utf8.count
        bytes = .allocate(capacity: max(count, 1))   // an empty password has an address too
        _ = UnsafeMutableBufferPointer(start: bytes, count: count).initialize(from: text.utf8)
    }

    deinit {
        explicit_bzero(bytes, count)
        bytes.deallocate()
    }
}
