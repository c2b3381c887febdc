import Glibc
import Kit
@testable import MediaWorker
import Testing
import TestKit

/// Temporary files, and what configuration says of them.
@Suite struct WorkerSpaceTests {
    @Test("what a dead process left is removed, what a living one uses stays")
    func leftovers() throws {
        let folder = try TestFolder(), parent = folder.path + "/media"
        let living = try WorkerSpace.open(in: parent)
        let used = try living.makeFolder()
        mkdir("\(parent)/worker-dead", 0o700)
        mkdir("\(parent)/worker-dead/job-1", 0o700)
        try folder.write([1], to: "media/worker-dead/job-1/original")
        try folder.write([1], to: "kept")
        symlink(folder.path, "\(parent)/worker-dead/job-1/link")
        let next = try WorkerSpace.open(in: parent)
        #expect(Set(folder.names(in: parent).map { "\(parent)/\($0)" }) == [living.path, next.path])
        #expect(access(used, F_OK) == 0 && folder.names().contains("kept"))
        living.close()
        next.close()
        #expect(folder.names(in: parent).isEmpty)
    }

    @Test("folders of jobs are private")
    func mode() throws {
        let folder = try TestFolder(), space = try WorkerSpace.open(in: folder.path + "/media")
        var status = stat()
        #expect(stat(try space.makeFolder(), &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(stat(space.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(try space.makeFolder() != space.makeFolder())
    }

    @Test("a link in place of the temporary folder is not followed")
    func link() throws {
        let folder = try TestFolder()
        symlink("/tmp", folder.path + "/media")
        #expect(throws: (any Error).self) { try WorkerSpace.open(in: folder.path + "/media") }
    }

    @Test("ports follow the port base, and what must be said is asked for")
    func settings() throws {
        var environment = [
            "LYCEUM_KEYS_DIRECTORY": "/keys", "LYCEUM_OBJECT_STORE": "file:///objects", "LYCEUM_PORT_BASE": "9000", "TMPDIR": "/var/tmp",
        ]
        let settings = try WorkerSettings(ConfigurationReader(environment: environment))
        #expect(settings.media == "http://127.0.0.1:9033" && settings.adminPort == 9040 && settings.slots == 1)
        #expect(settings.temporary == "/var/tmp/lyceum-media-worker")
        environment["LYCEUM_MEDIA_SLOTS"] = "0"
        #expect(throws: ConfigurationError.self) { try WorkerSettings(ConfigurationReader(environment: environment)) }
        #expect(throws: ConfigurationError.self) { try WorkerSettings(ConfigurationReader(environment: ["LYCEUM_OBJECT_STORE": "file:///objects"])) }
    }
}
