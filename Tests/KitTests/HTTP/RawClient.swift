import Glibc
import JSON
import TestKit

/// A plain TCP connection to 127.0.0.1 over which a test writes its bytes and reads whole answers. Blocks, for five seconds at most.
final class RawClient {
    struct Answer {
        let status: Int
        let headers: [String: String]
        let body: [UInt8]
        var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
        var text: String { String(decoding: body, as: UTF8.self) }
    }
    struct Failure: Error { let what: String }

    private let descriptor: CInt
    private var received: [UInt8] = []

    init(port: UInt16) throws {
        descriptor = try connectedSocket(port: port) { limitWaits(of: $0, seconds: 5) }
    }
    deinit { close(descriptor) }

    func send(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Sends a request and reads its answer.
    func ask(_ method: String, _ target: String, _ headers: [String] = [], body: String? = nil) throws -> Answer {
        let length = body.map { ["content-length: \($0.utf8.count)"] } ?? []
        send((["\(method) \(target) HTTP/1.1", "host: test"] + headers + length).joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        return try read(hasBody: method != "HEAD")
    }

    /// The next answer.
    func read(hasBody: Bool = true) throws -> Answer {
        while true {
            if let end = received.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).components("\r\n")
                received.removeSubrange(..<end.upperBound)
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    headers[parts[0].lowercased()] = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
                }
                let status = Int(lines[0].split(separator: " ")[1]) ?? 0
                let length = hasBody && status != 304 && status != 204 ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
                while received.count < length { try more() }
                defer { received.removeFirst(length) }
                return Answer(status: status, headers: headers, body: Array(received[..<length]))
            }
            try more()
        }
    }

    /// What has come and was not read as an answer.
    var rest: String { String(decoding: received, as: UTF8.self) }

    /// Reads, without blocking a thread of the pool, until the rest is enough; false when that does not come.
    func waits(until isEnough: (String) -> Bool) async -> Bool {
        await eventually {
            readWaiting()
            return isEnough(rest)
        }
    }

    /// Reads until the rest has this text.
    func waits(for text: String) async -> Bool { await waits { $0.contains(text) } }

    /// Reads until the other side has closed.
    func waitsForEnd() async -> Bool { await eventually { readWaiting() } }

    /// Takes what has come; true at the end.
    @discardableResult
    private func readWaiting() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, CInt(MSG_DONTWAIT))
            guard count > 0 else { return count == 0 || errno != EAGAIN }
            received += bytes[..<count]
        }
    }

    /// Sends and takes no more.
    func leave() { shutdown(descriptor, CInt(SHUT_RDWR)) }

    /// Whether the other side closes the connection without another byte.
    func isClosed() -> Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, 0) == 0
    }

    private func more() throws {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { throw Failure(what: count == 0 ? "closed" : String(cString: strerror(errno))) }
        received += bytes[..<count]
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
