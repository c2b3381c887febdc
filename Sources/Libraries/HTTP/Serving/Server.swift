internal import CMicroHTTPD
import Glibc
public import Loop

/// An HTTP/1.1 server on one loop: libmicrohttpd parses and writes, handlers are Swift tasks on the same thread. It lives until `stop` has returned.
public final class Server: @unchecked Sendable {   // everything happens on the loop's thread, which is checked
    /// The loop that it runs on.
    public let loop: Loop
    let router: Router
    let limits: Limits
    private let onRefusal: @Sendable (Refusal) -> Response
    private(set) var isDraining = false
    private var daemon: OpaquePointer?
    private var watches: [Watch] = []
    private var timer: Repeat?
    private let listener: CInt
    private let departures: CInt
    private let networks: ClientNetworks?
    /// Counted and accepted, and on its way to `opened`.
    private var arriving: ClientNetwork?
    private var resumed: [Exchange] = []
    /// By descriptor.
    private var connections: [OpenConnection?] = []
    private var lastNumber: UInt32 = 0
    /// Open connections.
    private(set) var connectionCount = 0
    /// Handlers and streams that have not ended.
    private(set) var handlerCount = 0
    var whenEmpty: (() -> Void)?

    /// Serves on a listening socket, which becomes the server's. On the loop's thread.
    ///
    /// `onRefusal` answers what no handler gets; it runs on the loop and must not block.
    public convenience init(
        listener: Listener, on loop: Loop, limits: Limits = Limits(), router: Router,
        onRefusal: @escaping @Sendable (Refusal) -> Response = Refusal.plain
    ) {
        self.init(listener: listener, on: loop, limits: limits, networks: limits.networks, router: router, onRefusal: onRefusal)
    }

    /// The same beside others on the port: they count a network's connections together.
    init(
        listener: Listener, on loop: Loop, limits: Limits, networks: ClientNetworks?, router: Router,
        onRefusal: @escaping @Sendable (Refusal) -> Response
    ) {
        loop.preconditionCurrent()
        self.loop = loop
        self.router = router
        self.limits = limits
        self.networks = networks
        self.onRefusal = onRefusal
        self.listener = listener.descriptor
        departures = lyceum_http_departures()
        precondition(departures >= 0, "the HTTP server did not start: \(String(cString: strerror(errno)))")
        let daemon = start(listener)
        self.daemon = daemon
        watches = [
            Watch(lyceum_http_epoll(daemon), for: .read, on: loop) { [self] _ in turn() },
            Watch(departures, for: .read, on: loop) { [self] _ in takeDepartures() },
        ]
        let shortest = [limits.headMilliseconds, limits.keepAliveMilliseconds, limits.bodyMilliseconds, limits.answerMilliseconds, 4000].min() ?? 4000
        timer = Repeat(everyMilliseconds: max(10, shortest / 4), on: loop) { [self] in endOverdue() }
    }

    private func start(_ listener: Listener) -> OpaquePointer {
        // The library's own time-out is for silence only, in whole seconds; the deadlines here are what holds.
        let silence = max(limits.keepAliveMilliseconds, limits.bodyMilliseconds, limits.answerMilliseconds) / 1000 + 1
        var raw = lyceum_http_limits(
            idle_seconds: UInt32(clamping: silence), connections: limits.connections, connection_memory: limits.connectionMemory)
        let daemon = lyceum_http_start(listener.descriptor, &raw, { context, address, length in
            Server.from(context).accepts(ClientNetwork(address, length: length)) ? .YES : .NO
        }, { context, target, connection in
            Server.from(context).beginExchange(connection, target)
        }, { _, _, url, method, version, data, size, slot in
            guard let slot = slot?.pointee, let url, let method, let version, let size else { return .NO }
            let exchange = Unmanaged<Exchange>.fromOpaque(slot).takeUnretainedValue()
            return exchange.called(ExchangeCall(method: method, url: url, version: version, data: data, size: size))
        }, { context, _, slot, _ in
            guard let raw = slot?.pointee else { return }
            slot?.pointee = nil
            Server.from(context).endExchange(Unmanaged<Exchange>.fromOpaque(raw).takeRetainedValue())
        }, { context, connection, _, code in
            guard let connection else { return }
            code == .CONNECTION_NOTIFY_STARTED ? Server.from(context).opened(connection) : Server.from(context).closed(connection)
        }, Unmanaged.passUnretained(self).toOpaque())
        guard let daemon else { preconditionFailure("the HTTP server did not start: \(String(cString: strerror(errno)))") }
        return daemon
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Server {
        guard let context else { preconditionFailure("libmicrohttpd lost its context") }
        return Unmanaged<Server>.fromOpaque(context).takeUnretainedValue()
    }

    // MARK: - Connections

    /// False when the network has as many connections as may be: it is closed at once.
    private func accepts(_ network: ClientNetwork?) -> Bool {
        // What was accepted before this one and did not become a connection: the library had no memory for it.
        releaseArriving()
        guard let networks, let network else { return true }
        guard networks.enter(network) else { return false }
        arriving = network
        return true
    }

    private func releaseArriving() {
        if let arriving { networks?.leave(arriving) }
        arriving = nil
    }

    private func opened(_ raw: OpaquePointer) {
        lastNumber &+= 1
        let connection = OpenConnection(raw, number: lastNumber, network: arriving)
        arriving = nil
        connection.deadline = loop.now + limits.headMilliseconds
        let index = Int(connection.socket)
        while connections.count <= index { connections.append(nil) }
        connections[index] = connection
        connectionCount += 1
        _ = lyceum_http_departures_add(departures, connection.socket, connection.tag)
    }

    private func closed(_ raw: OpaquePointer) {
        let socket = Int(lyceum_http_socket(raw))
        if let network = connections[socket]?.network { networks?.leave(network) }
        connections[socket] = nil
        connectionCount -= 1
        reportEmpty()
    }

    private func takeDepartures() {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 64) { tags in
            for index in 0..<max(0, Int(lyceum_http_departures_take(departures, tags.baseAddress))) {
                let socket = Int(UInt32(truncatingIfNeeded: tags[index]))
                guard socket < connections.count, let connection = connections[socket], connection.tag == tags[index] else { continue }
                connection.isGone = true
                connection.exchange?.clientHasGone()
            }
        }
    }

    private func endOverdue() {
        let now = loop.now
        for connection in connections {
            guard let connection, connection.deadline < now else { continue }
            connection.shutDown()
        }
        turn()
    }

    // MARK: - Exchanges

    private func beginExchange(_ raw: OpaquePointer?, _ target: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer? {
        guard let raw, let connection = connections[Int(lyceum_http_socket(raw))] else { return nil }
        let bytes = target.map { UnsafeRawBufferPointer(start: $0, count: strlen($0)) }
        let exchange = Exchange(raw, connection, target: bytes ?? UnsafeRawBufferPointer(start: nil, count: 0), server: self)
        connection.exchange = exchange
        connection.requests += 1
        return Unmanaged.passRetained(exchange).toOpaque()
    }

    private func endExchange(_ exchange: Exchange) {
        let connection = exchange.connection
        exchange.end()
        connection.exchange = nil
        connection.deadline = loop.now + limits.keepAliveMilliseconds
        if isDraining { connection.shutDown() }
    }

    /// The answer to what no handler gets.
    func refuse(_ reason: Refusal.Reason, _ request: Request) -> Response {
        var response = onRefusal(Refusal(reason: reason, request: request))
        if case .methodNotAllowed(let methods) = reason { response.set("allow", methods.joined(separator: ", ")) }
        return response
    }

    func handlerBegins() { handlerCount += 1 }
    func handlerEnds() {
        handlerCount -= 1
        reportEmpty()
    }

    private func reportEmpty() {
        guard connectionCount == 0, handlerCount == 0, let whenEmpty else { return }
        self.whenEmpty = nil
        whenEmpty()
    }

    /// Resumes a connection once the jobs that are ready now have run, so that many of them cost one pass.
    func resume(_ exchange: Exchange) {
        if resumed.isEmpty { loop.afterJobs { [self] in resumeAll() } }
        resumed.append(exchange)
    }

    private func resumeAll() {
        let exchanges = resumed
        resumed.removeAll(keepingCapacity: true)
        for exchange in exchanges { exchange.resume() }
        turn()
    }

    /// libmicrohttpd's epoll is edge-triggered inside: it is run until it says that nothing is pending, or a resumed connection would wait for the
    /// next tick. After some rounds the other sockets of the loop have their turn.
    private func turn() {
        guard let daemon else { return }
        for _ in 0..<32 {
            MHD_run(daemon)
            var timeout: UInt64 = 0
            guard MHD_get_timeout(daemon, &timeout) == .YES, timeout == 0 else { return }
        }
        loop.afterJobs { [self] in turn() }
    }

    // MARK: - The end

    /// From now on every answer closes its connection; new ones are still taken.
    public func drain() {
        loop.preconditionCurrent()
        isDraining = true
    }

    /// Takes no more connections; those that wait in the kernel are still served. Idle ones end at once.
    func close() {
        guard let daemon else { return }
        isDraining = true
        // The library accepts some at a time. What cannot be accepted (the limit is reached) is given up in the end.
        for _ in 0..<500 where lyceum_http_waiting(listener) != 0 { turn() }
        let listener = MHD_quiesce_daemon(daemon)
        if listener >= 0 { Glibc.close(listener) }
        for connection in connections {
            if let connection, connection.isIdle { connection.shutDown() }
        }
        turn()
    }

    /// Breaks off what is still going on.
    func abort() {
        for connection in connections {
            guard let connection else { continue }
            connection.exchange?.abort()
            connection.shutDown()
        }
        resumeAll()
    }

    /// Frees everything. No connection may be suspended.
    func free() {
        guard let daemon else { return }
        self.daemon = nil
        for watch in watches { watch.cancel() }
        watches = []
        timer?.cancel()
        timer = nil
        MHD_stop_daemon(daemon)
        releaseArriving()
        Glibc.close(departures)
    }
}
