import Curl
import FoundationEssentials
import Glibc
import Kit
import Loop
import ObjectStore
import S3
import TestKit

/// An S3 server of a test's own over a folder, with one bucket; ends with this object.
final class BucketServer: Sendable {
    /// Which program serves: nanio (PyPI) always, versitygw where `LYCEUM_VERSITYGW` names it (it reads signatures more strictly).
    enum Program: String, CaseIterable, Sendable {
        case nanio, versitygw

        /// Those that are here.
        static var present: [Program] { versitygwPath == nil ? [.nanio] : [.nanio, .versitygw] }
        static let versitygwPath = ProcessInfo.processInfo.environment["LYCEUM_VERSITYGW"]
    }

    static let key = S3Key(id: "AKTEST0000", secret: "sec/ret+with=odd~characters")
    static let region = "eu-central-1"

    let port = freePort()
    let folder: TestFolder
    let process: ServerProcess

    init(_ program: Program = .nanio) async throws {
        folder = try TestFolder()
        mkdir(folder.path + "/data", 0o755)
        mkdir(folder.path + "/data/lyceum", 0o755)
        switch program {
        case .nanio:
            let options = try folder.write("""
                [server]
                region = "\(Self.region)"
                [[users]]
                access_key = "\(Self.key.id)"
                secret_key = "sec/ret+with=odd~characters"
                """.utf8, to: "options.toml")
            let nanio = try TestStack.load().string("venv") + "/bin/nanio"
            process = try ServerProcess(nanio, [
                "serve", "--options", options, "--data-dir", folder.path + "/data", "--host", "127.0.0.1", "--port", "\(port)", "--no-access-log",
            ])
        case .versitygw:
            process = try ServerProcess(Program.versitygwPath ?? "versitygw", [
                "--access", Self.key.id, "--secret", "sec/ret+with=odd~characters", "--region", Self.region, "--port", "127.0.0.1:\(port)", "posix",
                folder.path + "/data",
            ])
        }
        let isUp = await eventually(within: .seconds(60)) { [port] in
            guard let descriptor = try? connectedSocket(port: port) else { return false }
            close(descriptor)
            return true
        }
        guard isUp else { throw ServerProcess.Failure("\(program) does not serve: run `make test`, which installs it") }
    }

    var endpoint: String { "http://127.0.0.1:\(port)" }

    func bucket(prefix: String = "", name: String = "lyceum", endpoint: String? = nil) throws -> S3Bucket {
        guard let bucket = S3Bucket(name, prefix: prefix, region: Self.region, endpoint: endpoint ?? self.endpoint) else { throw ServerProcess.Failure("no bucket") }
        return bucket
    }
}

/// A client that has time.
func patientClient(_ loops: LoopGroup) -> CurlClient {
    var configuration = CurlConfiguration()
    configuration.connectMilliseconds = 30_000
    configuration.waitMilliseconds = 30_000
    return CurlClient(loops, configuration)
}
