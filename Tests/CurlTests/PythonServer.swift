import FoundationEssentials
import TestKit

/// A script that serves on a port of its own choosing, in a directory of its own: ends with this object, and at the latest with the tests' process.
final class PythonServer: Sendable {
    let port: UInt16
    let process: ServerProcess
    private let directory: URL

    /// `script` gets the directory and `kind` as arguments, makes a `socketserver` and calls `announce` with it.
    init(_ script: String, _ kind: String) async throws {
        directory = FileManager.default.temporaryDirectory.appending(path: uniqueName("lyceum_python"))
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let file = directory.appending(path: "server.py")
        try Data((Self.prelude + script).utf8).write(to: file)
        process = try ServerProcess("python3", ["-u", file.path, directory.path, kind])
        let announced = directory.appending(path: "port").path
        var port: UInt16?
        _ = await eventually(within: .seconds(60)) {
            port = FileManager.default.contents(atPath: announced).flatMap { UInt16(String(decoding: $0, as: UTF8.self)) }
            return port != nil
        }
        guard let port else { throw ServerProcess.Failure("python3 serves nothing: apt-get install python3 openssl") }
        self.port = port
    }

    deinit {
        process.end()
        try? FileManager.default.removeItem(at: directory)
    }

    /// A file of the server's directory.
    func path(_ name: String) -> String { directory.appending(path: name).path }

    private static let prelude = #"""
        import os, sys, threading, time

        parent = os.getppid()
        def end_with_parent():
            while os.getppid() == parent: time.sleep(0.5)
            os._exit(0)
        threading.Thread(target=end_with_parent, daemon=True).start()

        def announce(server):
            with open(sys.argv[1] + "/port.new", "w") as file: file.write(str(server.server_address[1]))
            os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")


        """#
}
