import CUV
import Glibc
import Testing
import TestKit

@testable import Loop

@Suite("Resolver", .serialized)
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

    @Test("so many questions wait and no more; cancelled ones end at once and make room")
    func bounded() async throws {
        try await onLoop { loop in
            let held = HeldThreads(on: loop)
            let waiting = (0..<Resolver.limit).map { _ in
                Task(executorPreference: loop) { try await Resolver.resolve(host: "localhost", port: 1) }
            }
            #expect(await eventually { Resolver.openCount == Resolver.limit })
            let failure = await #expect(throws: Resolver.Failure.self) { try await Resolver.resolve(host: "localhost", port: 1) }
            #expect(failure?.message == "too many names are being looked up")
            for task in waiting { task.cancel() }
            for task in waiting { await #expect(throws: CancellationError.self) { try await task.value } }
            #expect(await eventually { Resolver.openCount == 0 })
            held.release()
            let addresses = try await Resolver.resolve(host: "localhost", port: 1)
            #expect(!addresses.isEmpty)
        }
    }

    @Test("a question ends with its loop")
    func loopEnds() async throws {
        try await onLoop { other in
            let held = HeldThreads(on: other)
            let loop = Loop(name: "ends")
            let answer = Locked<Result<[SocketAddress], any Error>?>(nil)
            Task(executorPreference: loop) {
                let result: Result<[SocketAddress], any Error>
                do { result = .success(try await Resolver.resolve(host: "localhost", port: 1)) } catch { result = .failure(error) }
                answer.withLock { $0 = result }
            }
            #expect(await eventually { Resolver.openCount == 1 })
            await ended(loop)
            #expect(await eventually { answer.withLock { $0 } != nil })
            let result = answer.withLock { $0 }
            #expect(throws: CancellationError.self) { try result?.get() }
            held.release()
        }
    }

    @Test("an address and port read as they are written")
    func description() {
        #expect(SocketAddress(host: "192.0.2.1", port: 80).description == "192.0.2.1:80")
        #expect(SocketAddress(host: "2001:db8::1", port: 443).description == "[2001:db8::1]:443")
    }
}

/// All threads that libuv looks names up on, busy until `release`.
private struct HeldThreads: Sendable {
    private let writing: CInt

    init(on loop: Loop) {
        loop.preconditionCurrent()
        var ends: [CInt] = [-1, -1]
        #expect(localPipe(&ends) == 0)
        writing = ends[1]
        for _ in 0..<4 {
            let work = UnsafeMutablePointer<uv_work_t>.allocate(capacity: 1)
            work.pointee.data = UnsafeMutableRawPointer(bitPattern: Int(ends[0]))
            uv_queue_work(loop.uv, work, { work in
                var byte: UInt8 = 0
                _ = read(CInt(Int(bitPattern: work?.pointee.data)), &byte, 1)
            }, { work, _ in work?.deallocate() })
        }
    }

    func release() { close(writing) }
}
