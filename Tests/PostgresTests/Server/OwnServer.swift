import FoundationEssentials
import Glibc
import Loop
import TestKit
@testable import Postgres

/// A PostgreSQL server of a test's own, to be restarted and killed: on a free port, with a password, in a folder that goes with it.
final class OwnServer {
    static let password = "s3cret-öf-tests"

    let folder: String
    let port: UInt16
    private let programs: String
    private let settings: [String]
    private var process: ServerProcess?

    /// Initialises and starts it.
    init(settings: [String] = [], prepare: (String) async throws -> Void = { _ in }) async throws {
        programs = try await OwnServer.output("pg_config", ["--bindir"])
        folder = "/tmp/" + uniqueName("lyceum_postgres")
        port = freePort()
        self.settings = settings
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let passwordFile = folder + "/password"
        try Data(OwnServer.password.utf8).write(to: URL(filePath: passwordFile))
        try await giveAway()
        _ = try await output(programs + "/initdb", [
            "-D", folder + "/data", "-U", "lyceum", "--auth=scram-sha-256", "--pwfile=" + passwordFile, "-E", "UTF8", "--no-locale", "--no-sync",
        ])
        try await prepare(folder + "/data")
        try await giveAway()
        try await start()
    }

    /// A streaming replica of another, which is running.
    init(replicaOf primary: OwnServer, settings: [String] = []) async throws {
        programs = primary.programs
        folder = "/tmp/" + uniqueName("lyceum_postgres")
        port = freePort()
        self.settings = settings
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try await giveAway()
        _ = try await output(programs + "/pg_basebackup", ["-D", folder + "/data", "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", primary.url()])
        try await start()
    }

    deinit {
        process?.end(SIGQUIT)
        try? FileManager.default.removeItem(atPath: folder)
    }

    func url(_ options: String = "", port: UInt16? = nil) -> String {
        "postgresql://lyceum:s3cret-%C3%B6f-tests@127.0.0.1:\(port ?? self.port)/postgres\(options)"
    }

    /// Starts it again and waits until it takes connections.
    func start() async throws {
        var arguments = ["-D", folder + "/data", "-p", "\(port)", "-k", folder]
        let all = ["listen_addresses=127.0.0.1", "fsync=off", "max_connections=40", "shared_buffers=16MB"] + settings
        for setting in all { arguments += ["-c", setting] }
        let (program, words) = OwnServer.unprivileged(programs + "/postgres", arguments)
        process = try ServerProcess(program, words)
        let isUp = await eventually(within: .seconds(60)) {
            (try? await OwnServer.output(programs + "/pg_isready", ["-q", "-h", "127.0.0.1", "-p", "\(port)"])) != nil
        }
        guard isUp else { throw ServerProcess.Failure("the test's own PostgreSQL does not start") }
    }

    /// SIGINT: the fast way, clients are told. SIGQUIT: at once, nobody is told. SIGKILL: as if the power failed.
    func stop(_ signal: CInt = SIGINT) {
        process?.end(signal)
        process = nil
    }

    /// The server refuses to run as root.
    private static func unprivileged(_ program: String, _ arguments: [String]) -> (String, [String]) {
        guard geteuid() == 0 else { return (program, arguments) }
        return ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program] + arguments)
    }

    private func giveAway() async throws {
        if geteuid() == 0 { _ = try await OwnServer.output("chown", ["-R", "postgres:postgres", folder]) }
    }

    func output(_ program: String, _ arguments: [String]) async throws -> String {
        let (program, words) = OwnServer.unprivileged(program, arguments)
        return try await OwnServer.output(program, words)
    }

    static func output(_ program: String, _ arguments: [String]) async throws -> String {
        let outcome = try await TestDatabase.loops.run {
            var child = ChildProcess(program, arguments)
            child.output = .capture(limit: 65_536)
            child.errorOutput = .capture(limit: 65_536)
            child.workingDirectory = "/tmp"
            return try await child.run()
        }
        guard outcome.isSuccess else { throw ServerProcess.Failure("\(program): \(String(decoding: outcome.errorOutput, as: UTF8.self))") }
        return String(decoding: outcome.output, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
    }
}
