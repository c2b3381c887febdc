/// Where Redis is, and how long anything may take.
public struct RedisConfiguration: Sendable {
    /// A name or an address.
    public var host: String
    /// The port.
    public var port: UInt16 = 6379
    /// The user to sign in as; without one the password alone is sent.
    public var user: String?
    /// The password. Never logged.
    public var password: String?
    /// The number of the database.
    public var database = 0
    /// How long a connection may take to come up, the greeting included, in milliseconds.
    public var connectMilliseconds = 1000
    /// How long a command may take when it does not say so itself, in milliseconds.
    public var commandMilliseconds = 250
    /// How many commands may wait for their answers on each loop.
    public var pending = 4096
    /// How long after a failure the next connection is tried, in milliseconds: the first time, and at most. It doubles each time.
    public var reconnectMilliseconds = 50...2000

    /// The rest as it stands.
    public init(host: String, port: UInt16 = 6379) {
        self.host = host
        self.port = port
    }

    /// From `redis://[[user]:password@]host[:port][/database]`. Throws `.invalid` for anything else; the message does not hold the password.
    public init(url: String) throws(RedisError) {
        let form = /redis:\/\/(?:([^:@\/]*)(?::([^@\/]*))?@)?(\[[0-9A-Fa-f:.]+\]|[^:@\/\[\]?#]+)(?::([0-9]+))?(?:\/([0-9]*))?/
        guard let parts = url.wholeMatch(of: form) else {
            throw RedisError(.invalid, "not of the form redis://[user:password@]host[:port][/database]")
        }
        host = String(parts.3.drop { $0 == "[" }.prefix { $0 != "]" })
        if let text = parts.4 {
            guard let number = UInt16(text) else { throw RedisError(.invalid, "no such port") }
            port = number
        }
        if let text = parts.5, !text.isEmpty {
            guard let number = Int(text) else { throw RedisError(.invalid, "no such database") }
            database = number
        }
        guard let user = RedisConfiguration.decoded(parts.1), let password = RedisConfiguration.decoded(parts.2) else {
            throw RedisError(.invalid, "a % in the user or the password is not followed by two hexadecimal digits")
        }
        self.user = user.isEmpty ? nil : user
        self.password = password.isEmpty ? nil : password
    }

    /// RFC 3986, section 2.1; nil when it is malformed.
    private static func decoded(_ text: Substring?) -> String? {
        var bytes: [UInt8] = []
        var rest = Array((text ?? "").utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
