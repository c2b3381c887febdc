import FoundationEssentials
import Mongo
import TestKit

/// A database of a test's own, dropped when the test ends.
struct MongoDatabase: Sendable {
    let pool: MongoPool
    let name: String

    static func with(threads: Int = 3, uri: String? = nil, _ body: (MongoDatabase) async throws -> Void) async throws {
        var configuration = MongoConfiguration(uri: try uri ?? TestStack.load().mongo, threads: threads)
        configuration.applicationName = "lyceum tests"
        // A test says when too many wait; a busy machine does not.
        configuration.waitMilliseconds = 60_000
        let database = MongoDatabase(pool: try MongoPool(configuration), name: uniqueName("lyceum_test"))
        do { try await body(database) } catch {
            try? await database.end()
            throw error
        }
        try await database.end()
    }

    private func end() async throws {
        try await pool.dropDatabase(name)
        await pool.close()
    }

    subscript(collection: String) -> MongoCollection { pool.collection(name, collection) }
}

/// A replica set of one server or several on free ports, with their files in a folder that goes with it.
final class OwnMongo: Sendable {
    let ports: [UInt16]
    private let folder: URL
    private let program: String

    private var hosts: [String] { ports.map { "127.0.0.1:\($0)" } }
    var uri: String { "mongodb://\(hosts.joined(separator: ","))/?replicaSet=rs0" }

    /// `LYCEUM_MONGOD` or the stack's `mongod` names the program; else the one in PATH is taken.
    init(members: Int = 1) throws {
        var ports: Set<UInt16> = []
        while ports.count < members { ports.insert(freePort()) }
        self.ports = ports.sorted()
        program = ProcessInfo.processInfo.environment["LYCEUM_MONGOD"] ?? (try? TestStack.load().string("mongod")) ?? "mongod"
        folder = FileManager.default.temporaryDirectory.appending(path: uniqueName("lyceum-mongo"))
        for port in ports { try FileManager.default.createDirectory(at: data(port), withIntermediateDirectories: true) }
    }

    private func data(_ port: UInt16) -> URL { folder.appending(path: String(port)) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func start(member: Int = 0) throws -> ServerProcess {
        let port = ports[member]
        return try ServerProcess(program, [
            "--dbpath", data(port).path, "--port", String(port), "--bind_ip", "127.0.0.1", "--replSet", "rs0", "--wiredTigerCacheSizeGB", "0.25",
            "--oplogSize", "16", "--syncdelay", "1", "--setParameter", "diagnosticDataCollectionEnabled=false",
        ])
    }

    /// Once, after the first start: they elect one of them, the first if there is no other.
    func initiate() async throws {
        let pool = try MongoPool(MongoConfiguration(uri: "mongodb://\(hosts[0])/?directConnection=true", threads: 1))
        let members = hosts.enumerated().map { BSONValue.document(["_id": .int($0), "host": .string($1)]) }
        let command: BSONDocument = ["replSetInitiate": ["_id": "rs0", "members": .array(members)]]
        let isUp = await eventually(within: .seconds(60)) {
            do { _ = try await pool.runCommand(command, on: "admin") } catch let error as MongoError where error.kind == .server(code: 23) {
            } catch { return false }
            return (try? await pool.runCommand(["hello": 1], on: "admin").optionalString("primary")) != nil
        }
        await pool.close()
        if !isUp { throw ServerProcess.Failure("\(program) on port \(ports[0]) has no primary: set LYCEUM_MONGOD to a mongod of version 6") }
    }
}

func stackURI() throws -> String { try TestStack.load().mongo }
