import Foundation
import Glibc
import JSON
import TestKit

/// Two questions to RabbitMQ's management plugin, over a plain socket (`Connection: close`).
struct Management {
    private let port: UInt16
    /// Of Basic authentication.
    private let credentials: String

    struct Failure: Error { let answer: String }

    init() throws {
        let text = try TestStack.load().rabbitmqManagement
        guard let url = URL(string: text), let number = url.port, let user = url.user(), let password = url.password() else { throw Failure(answer: text) }
        port = UInt16(number)
        credentials = Data("\(user):\(password)".utf8).base64EncodedString()
    }

    /// The broker's own name of the connection that its client called `name`.
    func connection(named name: String) throws -> String? {
        let answer = try ask("GET", "/api/connections?columns=name,user_provided_name")
        let list = try JSONValue.parse(Array(answer.utf8)).arrayValue ?? []
        return list.first { $0["user_provided_name"]?.stringValue == name }?["name"]?.stringValue
    }

    func close(_ connection: String) throws {
        let encoded = connection.utf8.map { byte in
            (byte >= 0x30 && byte <= 0x39) || byte == 0x2e ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        _ = try ask("DELETE", "/api/connections/\(encoded)")
    }

    private func ask(_ method: String, _ path: String) throws -> String {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { _ = Glibc.close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        guard isConnected else { throw Failure(answer: "no management at port \(port)") }
        let request = "\(method) \(path) HTTP/1.0\r\nHost: localhost\r\nAuthorization: Basic \(credentials)\r\n\r\n"
        _ = request.withCString { write(descriptor, $0, strlen($0)) }
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16_384)
        while case let count = read(descriptor, &part, part.count), count > 0 { answer += part[..<count] }
        let text = String(decoding: answer, as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 2") || text.hasPrefix("HTTP/1.0 2"), let body = text.range(of: "\r\n\r\n") else { throw Failure(answer: text) }
        return String(text[body.upperBound...])
    }
}

private extension String {
    func range(of needle: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
