import Glibc
import TestKit

/// A plain TCP connection to 127.0.0.1 that sends a long body bit by bit. Blocks, for ten seconds at most.
final class UploadSocket {
    struct Failure: Error { let what: String }

    private let descriptor: CInt

    init(port: UInt16) throws {
        descriptor = try connectedSocket(port: port) { limitWaits(of: $0, seconds: 10) }
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
