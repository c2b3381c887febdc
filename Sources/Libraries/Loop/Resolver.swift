internal import CUV
import Glibc
import Synchronization

/// Names to addresses, off the loop's thread (libuv asks the C library on a pool of four threads).
public enum Resolver {
    /// Names that are looked up at once in this process, those that wait for a thread included; the next is refused (`Failure`).
    public static let limit = 64
    fileprivate static let open = Atomic<Int>(0)
    /// Questions that libuv has, of all loops.
    static var openCount: Int { open.load(ordering: .relaxed) }


    /// A name that could not be turned into an address.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The name that was asked for.
        public var host: String
        /// What the resolver said.
        public var message: String
        /// Both in a line.
        public var description: String { "\(host): \(message)" }
    }

    /// The addresses of `host` in the order in which they should be tried; never empty. On a loop only.
    ///
    /// Throws `Failure`, or `CancellationError` as soon as the task is cancelled or the loop ends (the answer is then ignored when it comes).
    public static func resolve(host: String, port: UInt16) async throws -> [SocketAddress] {
        guard let loop = Loop.current else { preconditionFailure("names are resolved on a loop") }
        let lookup = Lookup(host: host, port: port, on: loop)
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in lookup.start(continuation) }
        } onCancel: {
            lookup.cancel()
        }
    }
}

/// One question. Cancelling comes from any thread, all else happens on the loop.
private final class Lookup: @unchecked Sendable {   // touched on the loop's thread only, but for the flag
    private let host: String
    private let port: UInt16
    private let loop: Loop
    private let isCancelled = Locked(false)
    private let request: UnsafeMutablePointer<uv_getaddrinfo_t>
    private var continuation: UnsafeContinuation<[SocketAddress], any Error>?

    init(host: String, port: UInt16, on loop: Loop) {
        self.host = host
        self.port = port
        self.loop = loop
        request = .allocate(capacity: 1)
    }
    deinit { request.deallocate() }

    func start(_ continuation: UnsafeContinuation<[SocketAddress], any Error>) {
        guard !loop.isEnding, !isCancelled.withLock({ $0 }) else { return continuation.resume(throwing: CancellationError()) }
        guard !host.isEmpty, !host.utf8.contains(0) else { return continuation.resume(throwing: Resolver.Failure(host: host, message: "not a name")) }
        guard Resolver.open.wrappingAdd(1, ordering: .relaxed).newValue <= Resolver.limit else {
            Resolver.open.wrappingSubtract(1, ordering: .relaxed)
            return continuation.resume(throwing: Resolver.Failure(host: host, message: "too many names are being looked up"))
        }
        self.continuation = continuation
        ask()
    }

    private func ask() {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        loop.keep(self)
        request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let failure = uv_getaddrinfo(loop.uv, request, { request, status, list in
            if let data = request?.pointee.data { Unmanaged<Lookup>.fromOpaque(data).takeRetainedValue().end(status, list) }
            uv_freeaddrinfo(list)
        }, host, nil, &hints)
        if failure != 0 {
            Unmanaged.passUnretained(self).release()
            end(failure, nil)
        }
    }

    func cancel() {
        isCancelled.withLock { $0 = true }
        Task(executorPreference: loop) { [self] in if loop.isCurrent { giveUp() } }
    }

    /// The task goes on; a question that no thread has begun makes room for the next.
    private func giveUp() {
        guard continuation != nil else { return }
        finish(.failure(CancellationError()))
        request.withMemoryRebound(to: uv_req_t.self, capacity: 1) { _ = uv_cancel($0) }
    }

    private func end(_ status: CInt, _ list: UnsafeMutablePointer<addrinfo>?) {
        Resolver.open.wrappingSubtract(1, ordering: .relaxed)
        loop.drop(self)
        let addresses = status == 0 ? read(list) : []
        if addresses.isEmpty {
            let message = status == 0 ? "no address" : String(cString: uv_strerror(status))
            return finish(.failure(Resolver.Failure(host: host, message: message)))
        }
        finish(.success(addresses))
    }

    private func read(_ list: UnsafeMutablePointer<addrinfo>?) -> [SocketAddress] {
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next {
            var text = [CChar](repeating: 0, count: 64)
            let failure = switch entry.pointee.ai_family {
            case AF_INET: entry.pointee.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { uv_ip4_name($0, &text, text.count) }
            case AF_INET6: entry.pointee.ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { uv_ip6_name($0, &text, text.count) }
            default: CInt(-1)
            }
            let address = SocketAddress(host: String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self), port: port)
            if failure == 0, !addresses.contains(address) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    private func finish(_ result: Result<[SocketAddress], any Error>) {
        guard let continuation else { return }
        self.continuation = nil
        continuation.resume(with: result)
    }
}

extension Lookup: HandleOwner {
    func loopEnds() { giveUp() }
}
