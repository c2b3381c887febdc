import Glibc
import HTTP
import Loop
import Testing

@Suite("Listener")
struct ListenerTests {
    @Test("a port that is taken is an error that names the process")
    func taken() throws {
        let first = try Listener.bind(address: "127.0.0.1", port: 0, reusePort: false)
        defer { first.close() }
        let error = #expect(throws: ListenError.self) { try Listener.bind(address: "127.0.0.1", port: first.port, reusePort: false) }
        #expect(error?.address == SocketAddress(host: "127.0.0.1", port: first.port))
        #expect(error?.owner?.contains("pid \(getpid())") == true)
        #expect(error?.description.contains("127.0.0.1:\(first.port): Address already in use; ") == true)
    }

    @Test("a port that another process shares is taken too")
    func shared() throws {
        let other = try Listener.bind(address: "127.0.0.1", port: 0, reusePort: true)
        defer { other.close() }
        #expect(throws: ListenError.self) { try Listener.bindAll(address: "127.0.0.1", port: other.port, count: 2) }
        #expect(throws: ListenError.self) { try Listener.bindAll(address: "127.0.0.1", port: other.port, count: 1) }
    }

    @Test("one listener a loop, all on the port that the system chose")
    func all() throws {
        let listeners = try Listener.bindAll(address: "127.0.0.1", port: 0, count: 3)
        defer { for listener in listeners { listener.close() } }
        #expect(Set(listeners.map(\.port)).count == 1 && listeners[0].port > 0)
        #expect(Set(listeners.map(\.descriptor)).count == 3)
    }

    @Test("IPv6 works, what is no address is an error", arguments: ["localhost", "", "1.2.3", "127.0.0.1:80"])
    func addresses(wrong: String) throws {
        try Listener.bind(address: "::1", port: 0, reusePort: false).close()
        #expect(throws: ListenError.self) { try Listener.bind(address: wrong, port: 0, reusePort: false) }
    }

    @Test("a server that cannot have its port says so")
    func start() async throws {
        let taken = try Listener.bind(address: "127.0.0.1", port: 0, reusePort: false)
        defer { taken.close() }
        let loops = LoopGroup(count: 1, name: "server")
        await #expect(throws: ListenError.self) {
            try await Servers.start(address: "127.0.0.1", port: taken.port, on: loops, router: Router())
        }
        await loops.shutdown()
    }
}
