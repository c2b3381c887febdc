/// Who chose the URL of a request.
public enum URLTrust: Sendable, Equatable {
    /// Configuration or code: it may lead anywhere.
    case ours
    /// A user (a webhook, an import): it may lead to the public internet alone. Where it leads is looked at on the address that is connected to, so
    /// that a name which changes its mind does not get through, and on a kept connection again.
    case untrusted(UntrustedRules)

    /// Only http and https to the public internet, on their own ports.
    public static let untrusted = URLTrust.untrusted(UntrustedRules())
}

/// What a URL that a user chose may say.
public struct UntrustedRules: Sendable, Equatable {
    /// Schemes, in lower case.
    public var schemes: Set<String>
    /// Ports, whether written or the scheme's own.
    public var ports: Set<Int>
    /// Addresses that may be reached although they are not public: a receiver inside, a developer's machine.
    public var exceptions: Set<IPAddress>

    /// The usual rules if nothing else is said.
    public init(schemes: Set<String> = ["http", "https"], ports: Set<Int> = [80, 443], exceptions: Set<IPAddress> = []) {
        self.schemes = schemes
        self.ports = ports
        self.exceptions = exceptions
    }

    /// Throws `forbidden` for what can be seen without asking for the host's addresses.
    func check(_ url: String) throws(CurlError) {
        let parts = try URLParts(url)
        guard schemes.contains(parts.scheme) else { throw CurlError(.forbidden, "the scheme \(parts.scheme) is not allowed") }
        guard !parts.hasUser else { throw CurlError(.forbidden, "the address names a user") }
        guard ports.contains(parts.port) else { throw CurlError(.forbidden, "the port \(parts.port) is not allowed") }
        if let address = IPAddress(parts.host), !allows(address) { throw CurlError(.forbidden, "the address leads to \(address)") }
    }

    /// Whether a connection may be made to the address.
    func allows(_ address: IPAddress) -> Bool { address.isPublic || exceptions.contains(address) }
}
