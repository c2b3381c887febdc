import FoundationEssentials
import Glibc

/// An S3 server of a test's own over a folder, with one bucket (`lyceum`); ends with this object.
public final class BucketServer: Sendable {
    /// Which program serves: nanio (PyPI) always, versitygw where `LYCEUM_VERSITYGW` names it (another reader of signatures).
    public enum Program: String, CaseIterable, Sendable {
        case nanio, versitygw

        /// Those that are here.
        public static var present: [Program] { versitygwPath == nil ? [.nanio] : [.nanio, .versitygw] }
        static let versitygwPath = ProcessInfo.processInfo.environment["LYCEUM_VERSITYGW"]
    }

    public static let keyID = "AKTEST0000"
    public static let secret = "sec/ret+with=odd~characters"
    public static let region = "eu-central-1"

    public let port = freePort()
    public let process: ServerProcess
    private let folder: TestFolder

    public init(_ program: Program = .nanio) async throws {
        folder = try TestFolder()
        mkdir(folder.path + "/data", 0o755)
        mkdir(folder.path + "/data/lyceum", 0o755)
        switch program {
        case .nanio:
            let options = try folder.write("""
                [server]
                region = "\(Self.region)"
                [[users]]
                access_key = "\(Self.keyID)"
                secret_key = "\(Self.secret)"
                """.utf8, to: "options.toml")
            process = try ServerProcess(try TestStack.load().string("venv") + "/bin/nanio", [
                "serve", "--options", options, "--data-dir", folder.path + "/data", "--host", "127.0.0.1", "--port", "\(port)", "--no-access-log",
            ])
        case .versitygw:
            process = try ServerProcess(Program.versitygwPath ?? "versitygw", [
                "--access", Self.keyID, "--secret", Self.secret, "--region", Self.region, "--port", "127.0.0.1:\(port)", "posix", folder.path + "/data",
            ])
        }
        let isUp = await eventually(within: .seconds(60)) { [port] in
            guard let descriptor = try? connectedSocket(port: port) else { return false }
            close(descriptor)
            return true
        }
        guard isUp else { throw ServerProcess.Failure("\(program) does not serve: run `make test`, which installs it") }
    }

    public var endpoint: String { "http://127.0.0.1:\(port)" }

    /// What configures a service to keep its objects here, below `prefix`.
    public func settings(prefix: String) -> [String: String] {
        [
            "LYCEUM_OBJECT_STORE": "s3://lyceum/\(prefix)?region=\(Self.region)&endpoint=\(endpoint)", "LYCEUM_OBJECT_STORE_KEY_ID": Self.keyID,
            "LYCEUM_OBJECT_STORE_KEY_SECRET": Self.secret,
        ]
    }
}
