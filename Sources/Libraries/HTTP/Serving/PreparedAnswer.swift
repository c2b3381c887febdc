internal import CMicroHTTPD
import Glibc
import JSON

/// An answer in libmicrohttpd's hands. It owns what the answer owned, whether or not it is sent.
struct PreparedAnswer: ~Copyable {
    private let raw: OpaquePointer

    /// Nil when there is no memory or the file cannot be read.
    static func make(_ body: Response.Body, stream: AnswerStream?) -> PreparedAnswer? {
        let raw: OpaquePointer?
        switch body {
        case .none:
            raw = MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT)
        case .bytes(let buffer):
            raw = MHD_create_response_from_buffer_with_free_callback_cls(
                buffer.count, UnsafeMutableRawPointer(mutating: buffer.bytes.baseAddress),
                { if let buffer = $0 { Unmanaged<Buffer>.fromOpaque(buffer).release() } }, Unmanaged.passRetained(buffer).toOpaque())
        case .file(let descriptor, let offset, let length):
            raw = MHD_create_response_from_fd_at_offset64(length, descriptor, offset)
            if raw == nil { close(descriptor) }
        case .stream(let length, _):
            guard let stream else { return nil }
            raw = streamed(length, stream)
        }
        return raw.map { PreparedAnswer(raw: $0) }
    }

    private static func streamed(_ length: UInt64?, _ stream: AnswerStream) -> OpaquePointer? {
        let context = Unmanaged.passRetained(stream)
        let raw = MHD_create_response_from_callback(length ?? UInt64.max, 16 * 1024, { context, _, target, capacity in
            guard let context, let target else { return -2 }
            return switch Unmanaged<AnswerStream>.fromOpaque(context).takeUnretainedValue().read(into: target, capacity) {
            case .bytes(let count): count
            case .wait: 0
            case .end: -1       // MHD_CONTENT_READER_END_OF_STREAM
            case .failure: -2   // MHD_CONTENT_READER_END_WITH_ERROR
            }
        }, context.toOpaque(), { if let stream = $0 { Unmanaged<AnswerStream>.fromOpaque(stream).release() } })
        if raw == nil { context.release() }
        return raw
    }

    private init(raw: OpaquePointer) { self.raw = raw }
    deinit { MHD_destroy_response(raw) }

    /// False when the value holds a line break or the header is the server's own.
    func add(_ name: StaticString, _ value: String) -> Bool {
        MHD_add_response_header(raw, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), value) == .YES
    }

    func queue(on connection: OpaquePointer, status: Int) -> Bool {
        MHD_queue_response(connection, UInt32(clamping: status), raw) == .YES
    }
}

extension Response {
    /// Lets go of what the body owns when it is not sent.
    func discard() {
        if case .file(let descriptor, _, _) = body { close(descriptor) }
    }

    /// How many bytes follow the head, as far as that is known.
    var bodyLength: UInt64 {
        switch body {
        case .none, .stream: 0
        case .bytes(let buffer): UInt64(buffer.count)
        case .file(_, _, let length): length
        }
    }
}
