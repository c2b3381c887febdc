import Loop
import Testing

@Suite("Resolver")
struct ResolverTests {
    @Test("numeric addresses are themselves", arguments: ["127.0.0.1", "::1"])
    func numeric(host: String) async throws {
        let addresses = try await onLoop { _ in try await Resolver.resolve(host: host, port: 80) }
        #expect(addresses == [SocketAddress(host: host, port: 80)])
    }

    @Test("localhost is a loopback address, each once")
    func localhost() async throws {
        let addresses = try await onLoop { _ in try await Resolver.resolve(host: "localhost", port: 5) }
        #expect(!addresses.isEmpty && Set(addresses).count == addresses.count)
        #expect(addresses.allSatisfy { $0.port == 5 && ($0.host.hasPrefix("127.") || $0.host == "::1") })
    }

    @Test("what is no name is an error that names it", arguments: ["", "a\0b", "no such name", "nothing.invalid"])
    func unknown(host: String) async throws {
        try await onLoop { _ in
            let failure = await #expect(throws: Resolver.Failure.self) { try await Resolver.resolve(host: host, port: 1) }
            #expect(failure?.host == host && failure?.message.isEmpty == false)
        }
    }

    @Test("a cancelled question ends at once")
    func cancelled() async throws {
        try await onLoop { loop in
            let task = Task(executorPreference: loop) {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await Resolver.resolve(host: "localhost", port: 1)
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("an address and port read as they are written")
    func description() {
        #expect(SocketAddress(host: "192.0.2.1", port: 80).description == "192.0.2.1:80")
        #expect(SocketAddress(host: "2001:db8::1", port: 443).description == "[2001:db8::1]:443")
    }
}
