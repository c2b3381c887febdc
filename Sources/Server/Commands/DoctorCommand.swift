import Curl
import Glibc
import JSON
import Kit
import Loop

/// `lyceum doctor`: what is up, what is not, and the command that mends it.
enum DoctorCommand {
    static let verb = Verb(
        "doctor", "Say what is up, what is not, and the command that mends it.", examples: ["doctor"],
        flags: [Flag("stack", value: "FILE", "The description of the stack that `make run` wrote.", fallback: ".dev/stack.json")], run: run)

    private struct Finding: Sendable {
        let name: String
        let problem: String?
        let remedy: String
    }

    private static func run(_ words: Words) async throws -> Int32 {
        let path = words.value("stack") ?? ".dev/stack.json"
        guard let bytes = try? MountedFile.read(path), let stack = try? JSONValue.parse(bytes) else {
            show(Finding(name: "stack", problem: "\(path) is not there: nothing was started here", remedy: "make run"))
            return 1
        }
        let loops = LoopGroup(count: 1)
        let curl = CurlClient(loops)
        let findings = await loops.run { () async -> [Finding] in
            var findings: [Finding] = []
            for (name, url, expected, remedy) in places(of: stack) { findings.append(await look(name, url, expected, remedy, curl)) }
            for (name, host, port, remedy) in sockets(of: stack) { findings.append(look(name, host, port, remedy)) }
            return findings
        }
        for finding in findings { show(finding) }
        let bad = findings.count { $0.problem != nil }
        CommandLineTable.writeOut(bad == 0 ? "\neverything is up\n" : "\n\(bad) of \(findings.count) are not well\n")
        return bad == 0 ? 0 : 1
    }

    private static func show(_ finding: Finding) {
        let mark = finding.problem == nil ? "ok  " : "DOWN"
        CommandLineTable.writeOut("\(mark)  \(finding.name.padding(to: 20))\(finding.problem ?? "")\n")
        if finding.problem != nil { CommandLineTable.writeOut("      mend it with: \(finding.remedy)\n") }
    }

    private static func places(of stack: JSONValue) -> [(name: String, url: String, expected: Int, remedy: String)] {
        var places: [(String, String, Int, String)] = []
        if let url = stack["gateway"]?.stringValue { places.append(("gateway", "\(url)/v1/categories", 200, "make stop && make run")) }
        if let url = stack["edge"]?.stringValue { places.append(("CDN edge", "\(url)/healthz", 200, "make stop && make run")) }
        for (name, service) in stack["services"]?.objectValue ?? JSONObject() {
            if let url = service["admin"]?.stringValue { places.append((name, "\(url)/health/ready", 200, "make stop && make run   (its log: \(log(name, stack)))")) }
        }
        if let url = stack["stores"]?["elasticsearch"]?.stringValue { places.append(("elasticsearch", url, 200, "make stop && make run, then lyceum-indexer rebuild")) }
        return places
    }

    private static func log(_ name: String, _ stack: JSONValue) -> String { "\(stack["logs"]?.stringValue ?? ".dev/logs")/\(name).log" }

    private static func sockets(of stack: JSONValue) -> [(name: String, host: String, port: UInt16, remedy: String)] {
        var sockets: [(String, String, UInt16, String)] = []
        for name in ["postgres", "mongo", "redis", "rabbitmq"] {
            guard let text = stack["stores"]?[name]?.stringValue, let url = ConnectionURL(text), let port = url.port else { continue }
            sockets.append((name, url.host, port, "make stop && make run"))
        }
        if let text = stack["smtp"]?.stringValue, let url = ConnectionURL(text), let port = url.port { sockets.append(("mail (a fake)", url.host, port, "make stop && make run")) }
        return sockets
    }

    private static func look(_ name: String, _ url: String, _ expected: Int, _ remedy: String, _ curl: CurlClient) async -> Finding {
        do {
            let answer = try await curl.send(CurlRequest(url, timeoutMilliseconds: 6000, limit: 1 << 20))
            if answer.status == expected { return Finding(name: name, problem: nil, remedy: remedy) }
            let reasons = (try? JSONValue.parse(answer.body))?["checks"]?.arrayValue?.compactMap { $0["reason"]?.stringValue }.joined(separator: "; ") ?? ""
            return Finding(name: name, problem: "answers \(answer.status) \(reasons)", remedy: remedy)
        } catch { return Finding(name: name, problem: error.message, remedy: remedy) }
    }

    /// Whether something listens.
    private static func look(_ name: String, _ host: String, _ port: UInt16, _ remedy: String) -> Finding {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isUp = withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) } } == 0
        return Finding(name: name, problem: isUp ? nil : "nothing listens on \(host):\(port)", remedy: remedy)
    }
}
