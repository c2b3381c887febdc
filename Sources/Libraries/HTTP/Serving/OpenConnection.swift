internal import CMicroHTTPD
import Glibc

/// What a server knows of a connection from its accept to its close, on the loop's thread only.
final class OpenConnection {
    let socket: CInt
    let remoteAddress: String
    /// Where it was counted; nil when nothing is.
    let network: ClientNetwork?
    /// Tells this connection from a later one with the same descriptor.
    let tag: UInt64
    /// When the socket is shut down unless something happens first, on the loop's clock.
    var deadline = UInt64.max
    /// The request that is being read or answered.
    var exchange: Exchange?
    /// How many requests there have been.
    var requests = 0
    /// The client has closed its side.
    var isGone = false

    init(_ raw: OpaquePointer, number: UInt32, network: ClientNetwork?) {
        self.network = network
        socket = lyceum_http_socket(raw)
        tag = UInt64(number) << 32 | UInt64(UInt32(bitPattern: socket))
        remoteAddress = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            let count = lyceum_http_address(raw, text.baseAddress, text.count)
            return String(decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[..<count]), as: UTF8.self)
        }
    }

    /// The client sees the end; libmicrohttpd does too, and closes.
    func shutDown() { _ = shutdown(socket, CInt(SHUT_RDWR)) }

    /// No request is going on and none has begun to arrive.
    var isIdle: Bool { exchange == nil && lyceum_http_unread(socket) == 0 }
}
