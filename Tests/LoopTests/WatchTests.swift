import Glibc
import Loop
import TestKit
import Testing

@Suite("Watch")
struct WatchTests {
    @Test("what was written is reported as readable, an empty pipe as writable")
    func readiness() async throws {
        try await onLoop { loop in
            let pipe = try Pipe()
            let writable = await pipe.next(pipe.writing, .write, on: loop)
            #expect(writable == .write)
            pipe.write([1])
            let readable = await pipe.next(pipe.reading, .read, on: loop)
            #expect(readable.contains(.read))
        }
    }

    @Test("a watch reports until it has been read, and nothing once cancelled")
    func untilCancelled() async throws {
        try await onLoop { loop in
            let pipe = try Pipe()
            pipe.write([1])
            let count = Locked(0)
            var watch: Watch?
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                watch = Watch(pipe.reading, for: .read, on: loop) { _ in
                    if count.withLock({ count in count += 1; return count }) == 3 {
                        watch?.cancel()
                        continuation.resume()
                    }
                }
            }
            try await loop.sleep(milliseconds: 5)
            #expect(count.withLock { $0 } == 3)
            watch?.change(to: .read)   // does nothing any more
            watch?.cancel()
        }
    }

    @Test("interest can be taken back and given again")
    func changes() async throws {
        try await onLoop { loop in
            let pipe = try Pipe()
            pipe.write([1])
            let seen = Record<Bool>()
            let isWanted = Locked(false)
            let done = Gate()
            let watch = Watch(pipe.reading, for: [], on: loop) { _ in
                seen.add(isWanted.withLock { $0 })
                done.open()
            }
            try await loop.sleep(milliseconds: 5)
            isWanted.withLock { $0 = true }
            watch.change(to: .read)
            await done.wait()
            watch.cancel()
            #expect(seen.all.allSatisfy { $0 } && !seen.all.isEmpty)
        }
    }

    @Test("a reader learns that the writer has gone")
    func hangUp() async throws {
        try await onLoop { loop in
            let pipe = try Pipe()
            pipe.closeWriting()
            let seen = await pipe.next(pipe.reading, .read, on: loop)
            #expect(seen.contains(.read))
        }
    }

    /// A pipe whose ends are closed with it.
    final class Pipe: @unchecked Sendable {
        let reading: CInt
        private(set) var writing: CInt

        init() throws {
            var ends: [CInt] = [0, 0]
            try #require(localPipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
        }
        deinit {
            close(reading)
            closeWriting()
        }
        func write(_ bytes: [UInt8]) { _ = Glibc.write(writing, bytes, bytes.count) }
        func closeWriting() {
            if writing >= 0 { close(writing) }
            writing = -1
        }

        func next(_ descriptor: CInt, _ interest: Watch.Interest, on loop: Loop) async -> Watch.Interest {
            await withUnsafeContinuation { continuation in
                var watch: Watch?
                watch = Watch(descriptor, for: interest, on: loop) { seen in
                    watch?.cancel()
                    watch = nil
                    continuation.resume(returning: seen)
                }
            }
        }
    }
}
