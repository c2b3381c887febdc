internal import CMicroHTTPD
import Glibc
import JSON
import Telemetry

/// An answer written to the socket past libmicrohttpd, which takes none in the middle of a body.
///
/// A client that sends more than anybody wants to read gets its 413 that way: closing with unread bytes would reset the connection, and the answer
/// with it. The connection ends afterwards.
enum RawAnswer {
    /// False when it is not short, or does not fit into the socket's empty buffer as a whole: the connection can only be broken off.
    static func send(_ response: Response, to socket: CInt) -> Bool {
        guard let bytes = bytes(response) else { return false }
        let sent = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)) }
        guard sent == bytes.count else { return false }
        return shutdown(socket, CInt(SHUT_WR)) == 0
    }

    static func bytes(_ response: Response) -> [UInt8]? {
        var body: [UInt8] = []
        switch response.body {
        case .none: break
        case .bytes(let buffer) where buffer.count <= 32 * 1024: body = buffer.array
        default: return nil
        }
        let reason = MHD_get_reason_phrase_for(UInt32(clamping: response.status)).map { String(cString: $0) } ?? ""
        var head = "HTTP/1.1 \(response.status) \(reason)\r\ndate: \(Timestamp.now.imfFixdate())\r\nconnection: close\r\ncontent-length: \(body.count)\r\n"
        for (name, value) in response.headers {
            guard !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) else { return nil }
            head += "\(name): \(value)\r\n"
        }
        return Array((head + "\r\n").utf8) + body
    }
}
