import Curl
import JSON
import Kit
import Loop

/// `lyceum doctor`: what is up, what is not, and the command that mends it.
enum DoctorCommand {
    static let verb = Verb(
        "doctor", "Say what is up, what is not, and the command that mends it.", examples: ["doctor"],
        flags: [Flag("stack", value: "FILE", "The description of the stack that `make run` wrote.", fallback: stackFile)], run: run)

    /// The wrapper in a stack's `bin` says where its description is, so that it works from every folder.
    private static let stackFile = ConfigurationReader.processEnvironment["LYCEUM_STACK_FILE"] ?? ".dev/stack.json"

    private struct Finding: Sendable {
        let name: String
        let problem: String?
        let remedy: String
    }

    private static func run(_ words: Words) async throws -> Int32 {
        let path = words.value("stack") ?? stackFile
        guard let bytes = try? MountedFile.read(path), let stack = try? JSONValue.parse(bytes) else {
            show(Finding(name: "stack", problem: "\(path) is not there: nothing was started here", remedy: "make run"))
            return 1
        }
        let loops = LoopGroup(count: 1)
        let curl = CurlClient(loops)
        let findings = await loops.run { () async -> [Finding] in
            var findings: [Finding] = []
            for (name, url, expected, remedy) in places(of: stack) { findings.append(await look(name, url, expected, remedy, curl)) }
            for (name, url, port) in sockets(of: stack) { findings.append(await look(name, url, port)) }
            findings.append(await objects(stack, curl))
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
        let programs = (stack["services"]?.objectValue ?? JSONObject()).map { ($0.name, $0.value) } + [("media-worker", stack["worker"] ?? .null)]
        for (name, program) in programs {
            guard let url = program["admin"]?.stringValue else { continue }
            places.append((name, "\(url)/health/ready", 200, "make stop && make run   (its log: \(log(name, stack)))"))
        }
        if let url = stack["stores"]?["elasticsearch"]?.stringValue { places.append(("elasticsearch", url, 200, "make stop && make run, then lyceum-indexer rebuild")) }
        return places
    }

    private static func log(_ name: String, _ stack: JSONValue) -> String { "\(stack["logs"]?.stringValue ?? ".dev/logs")/\(name).log" }

    private static func sockets(of stack: JSONValue) -> [(name: String, url: ConnectionURL, port: UInt16)] {
        let usual: [(String, UInt16)] = [("postgres", 5432), ("mongo", 27017), ("redis", 6379), ("rabbitmq", 5672)]
        var places = usual.map { name, port in (name, stack["stores"]?[name]?.stringValue, port) }
        places.append(("mail", stack["smtp"]?.stringValue, 25))
        return places.compactMap { name, text, port in text.flatMap { ConnectionURL($0) }.map { (name, $0, $0.port ?? port) } }
    }

    private static func look(_ name: String, _ url: String, _ expected: Int, _ remedy: String, _ curl: CurlClient) async -> Finding {
        do {
            let answer = try await curl.send(CurlRequest(url, timeoutMilliseconds: 6000, limit: 1 << 20))
            if answer.status == expected { return Finding(name: name, problem: nil, remedy: remedy) }
            let reasons = (try? JSONValue.parse(answer.body))?["checks"]?.arrayValue?.compactMap { $0["reason"]?.stringValue }.joined(separator: "; ") ?? ""
            return Finding(name: name, problem: "answers \(answer.status) \(reasons)", remedy: remedy)
        } catch { return Finding(name: name, problem: error.message, remedy: remedy) }
    }

    /// With the key of one that serves from it. Without the environment of the stack's wrapper nothing says how to ask: a folder is looked at then.
    private static func objects(_ stack: JSONValue, _ curl: CurlClient) async -> Finding {
        let configuration = ConfigurationReader(environment: ConfigurationReader.processEnvironment).scoped(to: "delivery")
        let isTold = ConfigurationReader.processEnvironment["LYCEUM_OBJECT_STORE"] != nil, folder = stack["objectStore"]?.stringValue
        let problem = !isTold && folder?.hasPrefix("/") == true
            ? ObjectStoreProbe.problem(folder: folder ?? "") : await ObjectStoreProbe.problem(configuration, curl)
        return Finding(name: "objects", problem: problem, remedy: "make stop && make run")
    }

    /// Whether something listens.
    private static func look(_ name: String, _ url: ConnectionURL, _ port: UInt16) async -> Finding {
        let problem: String?
        do {
            let addresses = try await Resolver.resolve(host: url.host, port: port)
            problem = addresses.contains(where: PortProbe.answers) ? nil : "nothing listens on \(url.host):\(port)"
        } catch { problem = "\(error)" }
        return Finding(name: name, problem: problem, remedy: "make stop && make run")
    }
}
