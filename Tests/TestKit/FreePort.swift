import Glibc

/// A TCP port of 127.0.0.1 that nothing listened on a moment ago.
public func freePort() -> UInt16 {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            precondition(bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0)
        }
    }
    return UInt16(bigEndian: address.sin_port)
}

/// A name that no other run uses: `prefix` and 12 random hexadecimal digits.
public func uniqueName(_ prefix: String) -> String {
    let digits = String(UInt64.random(in: 0..<(1 << 48)), radix: 16)
    return prefix + "_" + String(repeating: "0", count: 12 - digits.count) + digits
}
