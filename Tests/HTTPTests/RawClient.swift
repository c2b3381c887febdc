import Glibc
import Loop
import TestKit

/// A TCP connection that sends what it is told, byte by byte, on the loop of the task that made it.
final class RawClient: @unchecked Sendable {   // on one loop
    private(set) var descriptor: CInt
    private let loop: Loop
    private(set) var received: [UInt8] = []
    private(set) var isClosed = false

    /// With `receiveBuffer` the kernel takes little before the client reads; `from` is an address of this machine that it comes from.
    init(port: UInt16, receiveBuffer: CInt? = nil, from source: String? = nil) throws {
        loop = Loop.current!
        descriptor = try connectedSocket(port: port) { descriptor in
            if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
            if let source { Self.bind(descriptor, to: source) }
        }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close() }

    private static func bind(_ descriptor: CInt, to address: String) {
        var source = sockaddr_in()
        source.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, address, &source.sin_addr)
        let result = withUnsafePointer(to: &source) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        precondition(result == 0, "no socket of \(address): \(String(cString: strerror(errno)))")
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// As one that vanishes: what is unsent is dropped, the other side is reset.
    func reset() {
        var never = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &never, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func finishSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Sends all of it; false when the other side has closed or does not take it in time.
    @discardableResult
    func send(_ text: String) async -> Bool { await send(Array(text.utf8)) == text.utf8.count }

    /// How much the other side took within the time.
    func send(_ bytes: [UInt8], within milliseconds: UInt64 = 60_000) async -> Int {
        let end = loop.now + milliseconds
        var sent = 0
        while sent < bytes.count {
            let (count, error) = bytes[sent...].withUnsafeBytes { rest in
                let count = Glibc.send(descriptor, rest.baseAddress, min(rest.count, 65536), CInt(MSG_NOSIGNAL))
                return (count, count < 0 ? errno : 0)
            }
            if count > 0 {
                sent += count
            } else if error != EAGAIN || loop.now >= end {
                break
            } else {
                await ready(.write, until: end)
            }
        }
        return sent
    }

    /// Reads until `isEnough` or the end; false when neither came in time.
    @discardableResult
    func receive(within milliseconds: UInt64 = 60_000, until isEnough: (RawClient) -> Bool) async -> Bool {
        let end = loop.now + milliseconds
        while true {
            if isEnough(self) { return true }
            if isClosed { return false }
            var error: CInt = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, initialized in
                let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                if count < 0 { error = errno }
                initialized = max(0, count)
            }
            if !piece.isEmpty {
                received += piece
            } else if error == EAGAIN {
                if loop.now >= end { return false }
                await ready(.read, until: end)
            } else {
                isClosed = true
            }
        }
    }

    private func ready(_ interest: Watch.Interest, until end: UInt64) async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            var watch: Watch?
            var timer: Repeat?
            let finish = {
                guard watch != nil else { return }
                watch?.cancel()
                timer?.cancel()
                watch = nil
                continuation.resume()
            }
            watch = Watch(descriptor, for: interest, on: loop) { _ in finish() }
            timer = Repeat(everyMilliseconds: end > loop.now ? end - loop.now : 1, once: true, on: loop) { finish() }
        }
    }

    // MARK: - Answers

    /// What has come so far as answers; what is not whole yet is left out.
    var answers: [RawResponse] { RawResponse.parse(received) }

    /// The next `count` answers, or those that came before the end.
    func answers(_ count: Int, within milliseconds: UInt64 = 60_000) async -> [RawResponse] {
        await receive(within: milliseconds) { $0.answers.count >= count }
        return answers
    }

    /// Waits for the other side to close.
    func untilClosed(within milliseconds: UInt64 = 60_000) async -> Bool {
        await receive(within: milliseconds) { _ in false }
        return isClosed
    }

    /// Sends a request and reads one answer.
    func ask(_ head: String, _ body: String = "") async throws -> RawResponse {
        let before = answers.count
        await send(head + body)
        let all = await answers(before + 1)
        guard all.count > before else { throw NoAnswer(received: String(decoding: received, as: UTF8.self)) }
        return all[before]
    }
    struct NoAnswer: Error { var received: String }

    func get(_ path: String, _ headers: String = "") async throws -> RawResponse {
        try await ask("GET \(path) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
    }
}
