internal import CMicroHTTPD   // whose headers have the same structs: which module a compiler takes them from is its own affair
import Glibc
public import Loop

/// Why a port cannot be listened on.
public struct ListenError: Error, Sendable, CustomStringConvertible {
    /// Where it was tried.
    public var address: SocketAddress
    /// What the system said.
    public var message: String
    /// Who has the port, where that can be known: `nginx (pid 4711)`.
    public var owner: String?
    /// All of it in a line.
    public var description: String { "\(address): \(message)" + (owner.map { "; \($0) has it" } ?? "") }
}

/// A TCP socket that listens.
public struct Listener: Sendable {
    /// The socket: open until a server has taken it over and stopped, or `close`.
    public let descriptor: CInt
    /// The port that was asked for, or the one that the system chose for 0.
    public let port: UInt16

    /// Listens on a numeric address. With `reusePort` the sockets of this process, and of others that do the same, share what comes.
    public static func bind(address: String, port: UInt16, reusePort: Bool) throws(ListenError) -> Listener {
        func failure(_ error: CInt, _ owner: String? = nil) -> ListenError {
            ListenError(address: SocketAddress(host: address, port: port), message: String(cString: strerror(error)), owner: owner)
        }
        guard let (bytes, length, family) = socketAddress(address, port) else { throw failure(EINVAL) }
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(errno) }
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        if reusePort { setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, socklen_t(MemoryLayout<CInt>.size)) }
        let isBound = bytes.withUnsafeBytes { Glibc.bind(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), length) == 0 }
        guard isBound, listen(descriptor, 4096) == 0 else {
            let error = errno
            Glibc.close(descriptor)
            throw failure(error, error == EADDRINUSE ? PortOwner.find(port) : nil)
        }
        return Listener(descriptor: descriptor, port: boundPort(descriptor))
    }

    /// `count` sockets on one port, one a loop. The port must be free of other processes, also of those that would share it.
    public static func bindAll(address: String, port: UInt16, count: Int) throws(ListenError) -> [Listener] {
        let only = try bind(address: address, port: port, reusePort: false)
        if count == 1 { return [only] }
        only.close()   // it showed that nobody is there; the rest share the port among themselves
        var listeners: [Listener] = []
        for _ in 0..<count {
            do {
                listeners.append(try bind(address: address, port: only.port, reusePort: true))
            } catch {
                for listener in listeners { listener.close() }
                throw error
            }
        }
        return listeners
    }

    /// For a listener that no server has taken over.
    public func close() { Glibc.close(descriptor) }

    private static func socketAddress(_ address: String, _ port: UInt16) -> (bytes: [UInt8], length: socklen_t, family: CInt)? {
        var four = sockaddr_in()
        if inet_pton(AF_INET, address, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            return (withUnsafeBytes(of: four) { Array($0) }, socklen_t(MemoryLayout<sockaddr_in>.size), AF_INET)
        }
        var six = sockaddr_in6()
        guard inet_pton(AF_INET6, address, &six.sin6_addr) == 1 else { return nil }
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        return (withUnsafeBytes(of: six) { Array($0) }, socklen_t(MemoryLayout<sockaddr_in6>.size), AF_INET6)
    }

    private static func boundPort(_ descriptor: CInt) -> UInt16 {
        var six = sockaddr_in6()   // port is at the same place in both families
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutablePointer(to: &six) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return UInt16(bigEndian: six.sin6_port)
    }
}
