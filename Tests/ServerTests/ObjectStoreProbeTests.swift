import Curl
import Kit
import Loop
import TestKit
import Testing
@testable import Server

@Suite("What the doctor says of the object store")
struct ObjectStoreProbeTests {
    private func problem(_ settings: [String: String]) async -> String? {
        let loops = LoopGroup(count: 1, name: "probe")
        let curl = CurlClient(loops)
        let configuration = ConfigurationReader(environment: settings).scoped(to: "delivery")
        let problem = await loops.run { await ObjectStoreProbe.problem(configuration, curl) }
        await curl.close()
        await loops.shutdown()
        return problem
    }

    @Test("a folder is well; one that is not there is named, and not made") func folders() async throws {
        let folder = try TestFolder()
        #expect(await problem(["LYCEUM_OBJECT_STORE": "file://\(folder.path)"]) == nil)
        let missing = folder.path + "/none"
        #expect(await problem(["LYCEUM_OBJECT_STORE": "file://\(missing)"])?.contains("\(missing): No such file") == true)
        #expect(ObjectStoreProbe.problem(folder: missing)?.contains(missing) == true)
        #expect(!folder.names().contains("none"))
        #expect(await problem([:])?.contains("OBJECT_STORE: is not set") == true)
    }

    @Test("a bucket is well with its key, refused with another, and away when its server is") func buckets() async throws {
        let server = try await BucketServer(), settings = server.settings(prefix: "here")
        #expect(await problem(settings) == nil)
        let stranger = settings.merging(["LYCEUM_OBJECT_STORE_KEY_SECRET": "another"]) { $1 }
        #expect(await problem(stranger)?.contains("403") == true)
        server.process.end()
        #expect(await problem(settings)?.contains("list streams/") == true)
    }
}
