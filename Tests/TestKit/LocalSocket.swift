import Glibc

/// Nothing took the connection; what the system said.
public struct NotConnected: Error {
    public let reason: String
}

/// Connects a TCP socket to a port of 127.0.0.1, closed in programs that are started meanwhile. `prepare` sets its options beforehand.
/// The caller closes what it gets. Throws `NotConnected`.
public func connectedSocket(port: UInt16, prepare: (CInt) -> Void = { _ in }) throws -> CInt {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    prepare(descriptor)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard result == 0 else {
        let reason = String(cString: strerror(errno))
        close(descriptor)
        throw NotConnected(reason: reason)
    }
    return descriptor
}

/// Ends sends and receives of a socket that take longer.
public func limitWaits(of descriptor: CInt, seconds: Int) {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] { setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size)) }
}
