import Glibc
import Loop

/// A TCP proxy on 127.0.0.1 that can misbehave: cut its connections, swallow what comes from one side, refuse new connections.
public final class FaultyProxy: Sendable {
    private struct State {
        var pairs: [Pair] = []
        var isStalled = false
        var isRefusing = false
        var isClosed = false
        var swallowsAnswers = false
    }
    private struct Pair { let client: CInt; let server: CInt }

    /// The port to connect to.
    public let port: UInt16
    private let target: UInt16
    private let listener: CInt
    private let state = Locked(State())

    /// Forwards to `target` on 127.0.0.1. Runs until `close`.
    public init(to target: UInt16) {
        self.target = target
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                precondition(bind(listener, address, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, address, &size) == 0)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        onThread { [self] in
            while turn() {}
            for pair in state.withLock({ $0.pairs }) { hangUp(pair) }
            _ = Glibc.close(listener)
        }
    }

    /// Ends every connection there is; new ones are taken unless `refusing`.
    public func cut(refusing: Bool = false) {
        state.withLock { state in
            state.isRefusing = refusing
            for pair in state.pairs { shutdown(pair.client, CInt(SHUT_RDWR)); shutdown(pair.server, CInt(SHUT_RDWR)) }
        }
    }

    /// Takes connections again after `cut(refusing: true)`.
    public func accept() { state.withLock { $0.isRefusing = false } }

    /// Keeps the connections open and moves nothing (true), or moves again.
    public func stall(_ isStalled: Bool) { state.withLock { $0.isStalled = isStalled } }

    /// Drops what the server sends (true): requests arrive, their answers do not.
    public func swallowAnswers(_ swallows: Bool) { state.withLock { $0.swallowsAnswers = swallows } }

    /// Ends the proxy.
    public func close() { state.withLock { $0.isClosed = true } }

    /// One round of the only thread: what is readable is moved. False when the proxy is closed.
    private func turn() -> Bool {
        let (pairs, isStalled, isClosed) = state.withLock { ($0.pairs, $0.isStalled, $0.isClosed) }
        guard !isClosed else { return false }
        var waiting = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        if !isStalled {
            waiting += pairs.flatMap { [$0.client, $0.server] }.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        }
        poll(&waiting, nfds_t(waiting.count), 20)
        if waiting[0].revents != 0 { connect() }
        guard !isStalled else { return true }
        for (index, pair) in pairs.enumerated() {
            let client = waiting[1 + index * 2].revents == 0 || move(pair.client, pair.server, isAnswer: false)
            let server = waiting[2 + index * 2].revents == 0 || move(pair.server, pair.client, isAnswer: true)
            guard !client || !server else { continue }
            state.withLock { $0.pairs.removeAll { $0.client == pair.client } }
            hangUp(pair)
        }
        return true
    }

    private func connect() {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        let server = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(target)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        let isTaken = isConnected && state.withLock { state in
            if !state.isRefusing { state.pairs.append(Pair(client: client, server: server)) }
            return !state.isRefusing
        }
        if !isTaken { hangUp(Pair(client: client, server: server)) }
    }

    private func move(_ from: CInt, _ to: CInt, isAnswer: Bool) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(from, &bytes, bytes.count)
        guard count > 0 else { return false }
        if isAnswer, state.withLock({ $0.swallowsAnswers }) { return true }
        var sent = 0
        while sent < count {
            let part = bytes.withUnsafeBytes { send(to, $0.baseAddress?.advanced(by: sent), count - sent, CInt(MSG_NOSIGNAL)) }
            guard part > 0 else { return false }
            sent += part
        }
        return true
    }

    private func hangUp(_ pair: Pair) {
        _ = Glibc.close(pair.client)
        _ = Glibc.close(pair.server)
    }
}

private func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
}

private func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Start: Sendable { let body: @Sendable () -> Void; init(_ body: @escaping @Sendable () -> Void) { self.body = body } }
    var thread = pthread_t()
    let failure = pthread_create(&thread, nil, { raw in
        Unmanaged<Start>.fromOpaque(raw!).takeRetainedValue().body()
        return nil
    }, Unmanaged.passRetained(Start(body)).toOpaque())
    precondition(failure == 0, "no thread can be started")
    pthread_detach(thread)
}
