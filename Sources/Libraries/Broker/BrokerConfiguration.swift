/// Where the broker is and how long to wait for it.
public struct BrokerConfiguration: Sendable, CustomStringConvertible {
    public var host: String
    public var port: UInt16
    public var user: String
    public var password: String
    public var virtualHost: String
    /// The AMQP heartbeat that is asked for. librabbitmq gives a silent broker up after two of them: 7 s finds it within 15.
    public var heartbeatSeconds = 7
    /// For the TCP connection.
    public var connectTimeoutMilliseconds = 3_000
    /// For the handshake and for each question that waits for an answer (a declaration, a cancellation).
    public var answerTimeoutMilliseconds = 10_000
    /// How long a publish may stay unconfirmed before the connection counts as dead.
    public var confirmTimeoutMilliseconds = 15_000
    /// The longest wait between two attempts to connect; waits double from 50 ms and are jittered.
    public var reconnectMaximumMilliseconds = 2_000
    /// How many messages may wait for the publisher's thread; beyond it `publish` throws `overloaded`.
    public var publishQueueLimit = 20_000
    /// What the broker's management page calls the connection.
    public var connectionName = "lyceum"

    /// Reads `amqp://user:password@host:port/vhost` (parts percent-encoded; the defaults are guest, guest, 5672 and `/`). No TLS: `amqps` is refused.
    public init(url: String) throws(BrokerError) {
        guard let parts = AMQPAddress(url) else {
            throw BrokerError(.invalid, "the broker's address is not of the form amqp://user:password@host:port/vhost")
        }
        (host, port, user, password, virtualHost) = (parts.host, parts.port, parts.user, parts.password, parts.virtualHost)
    }

    /// The same broker under another connection name.
    public func named(_ name: String) -> BrokerConfiguration {
        var copy = self
        copy.connectionName = name
        return copy
    }

    /// Without the password.
    public var description: String { "amqp://\(user)@\(host):\(port)/\(virtualHost)" }
}

/// The parts of an AMQP URI (RabbitMQ's URI specification), percent-decoded.
struct AMQPAddress {
    private(set) var host = ""
    private(set) var port: UInt16 = 5672
    private(set) var user = "guest"
    private(set) var password = "guest"
    private(set) var virtualHost = "/"

    init?(_ url: String) {
        guard url.hasPrefix("amqp://") else { return nil }
        var rest = url.dropFirst("amqp://".count)
        if let question = rest.firstIndex(of: "?") { rest = rest[..<question] }
        if let slash = rest.firstIndex(of: "/") {
            guard let name = Self.decode(rest[rest.index(after: slash)...]) else { return nil }
            // "amqp://host/" names the virtual host ""; everybody who writes it means the default one.
            if !name.isEmpty { virtualHost = name }
            rest = rest[..<slash]
        }
        if let at = rest.lastIndex(of: "@") {
            guard readUser(rest[..<at]) else { return nil }
            rest = rest[rest.index(after: at)...]
        }
        guard readHost(rest) else { return nil }
    }

    private mutating func readUser(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = Self.decode(parts[0]), let secret = parts.count == 2 ? Self.decode(parts[1]) : "" else { return false }
        (user, password) = (name, secret)
        return true
    }

    private mutating func readHost(_ text: Substring) -> Bool {
        var name = text
        var number: Substring?
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            name = text[text.index(after: text.startIndex)..<end]
            let after = text[text.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { return false }
            number = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            name = text[..<colon]
            number = text[text.index(after: colon)...]
        }
        if let number {
            guard let value = UInt16(number), value > 0 else { return false }
            port = value
        }
        guard let decoded = Self.decode(name), !decoded.isEmpty else { return false }
        host = decoded
        return true
    }

    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else { bytes.append(byte); continue }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                  let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16), value != 0 else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
