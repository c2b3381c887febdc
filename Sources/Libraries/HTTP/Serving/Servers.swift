public import Loop

/// One server on each loop of a group, all on one port.
public final class Servers: Sendable {
    /// The port that they listen on.
    public let port: UInt16
    private let servers: [Server]

    private init(port: UInt16, _ servers: [Server]) {
        self.port = port
        self.servers = servers
    }

    /// Listens and serves. Port 0 lets the system choose one. Throws `ListenError`, which names the process that has the port.
    @concurrent public static func start(
        address: String, port: UInt16, on group: LoopGroup, limits: Server.Limits = .init(), router: Router,
        onRefusal: @escaping @Sendable (Refusal) -> Response = Refusal.plain
    ) async throws(ListenError) -> Servers {
        let listeners = try Listener.bindAll(address: address, port: port, count: group.loops.count)
        var servers: [Server] = []
        let networks = limits.networks
        for (loop, listener) in zip(group.loops, listeners) {
            servers.append(await withTaskExecutorPreference(loop) { @concurrent in
                Server(listener: listener, on: loop, limits: limits, networks: networks, router: router, onRefusal: onRefusal)
            })
        }
        return Servers(port: listeners[0].port, servers)
    }

    /// From now on every answer closes its connection; new ones are still taken. For the time in which a gateway learns that this instance goes.
    @concurrent public func drain() async {
        for server in servers { await withTaskExecutorPreference(server.loop) { @concurrent in server.drain() } }
    }

    /// Stops all of them at once: see `Server.stop`.
    @concurrent public func stop(graceMilliseconds: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            for server in servers {
                group.addTask(executorPreference: server.loop) { await server.stop(graceMilliseconds: graceMilliseconds) }
            }
        }
    }

    /// Open connections and running handlers at this moment.
    @concurrent public func load() async -> (connections: Int, handlers: Int) {
        var load = (connections: 0, handlers: 0)
        for server in servers {
            let one = await withTaskExecutorPreference(server.loop) { @concurrent in (server.connectionCount, server.handlerCount) }
            load = (load.connections + one.0, load.handlers + one.1)
        }
        return load
    }
}
