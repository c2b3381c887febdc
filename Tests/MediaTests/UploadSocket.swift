import Glibc

/// A plain TCP connection to 127.0.0.1 that sends a long body bit by bit. Blocks, for ten seconds at most.
final class UploadSocket {
    struct Failure: Error { let what: String }

    private let descriptor: CInt

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw Failure(what: "connect: \(String(cString: strerror(errno)))") }
    }
    deinit { close(descriptor) }

    func send(_ bytes: some Collection<UInt8>) throws {
        let bytes = Array(bytes)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(what: "send: \(String(cString: strerror(errno)))") }
            done += count
        }
    }

    /// The head of the answer.
    func head() throws -> String {
        var received: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while received.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { throw Failure(what: count == 0 ? "closed" : String(cString: strerror(errno))) }
            received += piece[..<count]
        }
        return String(decoding: received, as: UTF8.self)
    }
}
