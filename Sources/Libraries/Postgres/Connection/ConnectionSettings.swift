internal import CPostgres
import Glibc

/// A connection URL taken apart, and what Lyceum adds to it. Printing it shows no secret.
struct ConnectionSettings: Sendable, Equatable {
    /// libpq's keywords and their values.
    private(set) var values: [String: String] = [:]

    /// A place to connect to, as the URL names it.
    struct Host: Sendable, Equatable {
        var name: String
        var port: String
        /// A socket's path or an address needs no look-up.
        var needsLookup: Bool {
            guard !name.isEmpty, !name.hasPrefix("/"), !name.hasPrefix("@") else { return false }
            var address = in6_addr()
            return inet_pton(AF_INET, name, &address) != 1 && inet_pton(AF_INET6, name, &address) != 1
        }
    }

    /// Reads a `postgresql://` URL or a `key=value` line. Throws an error that does not repeat it: a password may be anywhere in a wrong one.
    init(url: String, _ configuration: PostgresConfiguration) throws(PostgresError) {
        guard let parsed = ConnectionSettings.parse(url) else { throw PostgresError(.connection, "the PostgreSQL URL cannot be read") }
        values = parsed
        let defaults = [
            "application_name": configuration.applicationName,
            "client_encoding": "UTF8",
            "gssencmode": "disable",
            "keepalives": "1",
            "keepalives_idle": "5",
            "keepalives_interval": "3",
            "keepalives_count": "3",
            "tcp_user_timeout": "10000",
        ]
        values.merge(defaults) { given, _ in given }
        values["client_encoding"] = "UTF8"
        // The later of two wins: the URL's own options.
        values["options"] = [
            "-c statement_timeout=\(configuration.statementTimeout)",
            "-c idle_in_transaction_session_timeout=\(max(60_000, configuration.statementTimeout * 2))",
            "-c timezone=UTC",
            "-c client_min_messages=warning",
            parsed["options"] ?? "",
        ].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The same with another limit for a statement; 0 for none.
    func with(statementTimeout: UInt64) -> ConnectionSettings {
        var settings = self
        settings.values["options", default: ""] += " -c statement_timeout=\(statementTimeout) -c idle_in_transaction_session_timeout=0"
        return settings
    }

    /// The same for another database of the server.
    func with(database: String) -> ConnectionSettings {
        var settings = self
        settings.values["dbname"] = database
        return settings
    }

    private static func parse(_ url: String) -> [String: String]? {
        guard !url.utf8.contains(0) else { return nil }
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            PQfreemem(message)
            return nil
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return values
    }

    var database: String { values["dbname"] ?? "" }

    /// The hosts in the order of the URL.
    var hosts: [Host] {
        guard values["hostaddr"] == nil, let names = values["host"], !names.isEmpty else { return [] }
        let ports = (values["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        return names.split(separator: ",", omittingEmptySubsequences: false).enumerated().map { index, name in
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            return Host(name: String(name), port: String(port))
        }
    }

    /// The same with an address beside each name, so that libpq asks no name service: a host with two addresses becomes two hosts.
    func resolved(_ addresses: [(host: Host, addresses: [String])]) -> ConnectionSettings {
        var settings = self
        let all = addresses.flatMap { entry in entry.addresses.map { (entry.host, $0) } }
        settings.values["host"] = all.map(\.0.name).joined(separator: ",")
        settings.values["port"] = all.map(\.0.port).joined(separator: ",")
        settings.values["hostaddr"] = all.map(\.1).joined(separator: ",")
        return settings
    }
}

extension ConnectionSettings: CustomStringConvertible, CustomDebugStringConvertible {
    /// `postgresql://user@host:5432/database`: nothing else of the URL.
    var description: String {
        "postgresql://\(values["user"] ?? "")@\(values["host"] ?? ""):\(values["port"] ?? "5432")/\(values["dbname"] ?? "")"
    }
    var debugDescription: String { description }
}
