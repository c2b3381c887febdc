import Curl
import HTTP
import Kit
import Loop
import ObjectStore
import S3
import Testing
import TestKit
import TestRoutes
@testable import Delivery

/// The origin over a bucket: what it says of a file on the disk it says of one elsewhere, which it passes on as it comes.
@Suite("The origin of streams in a bucket")
struct BucketOriginTests {
    private static let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 11) }

    /// A delivery service with one segment in its bucket.
    private func delivery(_ server: BucketServer) async throws -> TestDelivery {
        let settings = server.settings(prefix: "live"), loops = LoopGroup(count: 1, name: "put")
        let curl = CurlClient(loops), store = try ConfigurationReader(environment: settings).objectStore(curl)
        let key = try #require(ObjectKey("streams/\(TestDelivery.asset)/\(TestDelivery.hash)/v720_00001.m4s"))
        _ = try await store.put(Self.bytes, at: key)
        await curl.close()
        await loops.shutdown()
        return try TestDelivery(store: settings)
    }

    @Test("a segment is given whole and in part, told by HEAD, and not sent again to who has it")
    func answers() async throws {
        let server = try await BucketServer(), delivery = try await delivery(server)
        let path = try delivery.folder() + "v720_00001.m4s"
        let whole = await delivery.call("GET", path)
        #expect(whole.status == 200 && whole.header("accept-ranges") == "bytes" && whole.header("content-type") == "video/iso.segment")
        #expect(try await pulled(whole, delivery) == Self.bytes)
        let part = await delivery.call("GET", path, headers: [("range", "bytes=1000-599999")])
        #expect(part.status == 206 && part.header("content-range") == "bytes 1000-599999/700000")
        #expect(try await pulled(part, delivery) == Array(Self.bytes[1000..<600_000]))
        let end = await delivery.call("GET", path, headers: [("range", "bytes=-3")])
        #expect(try await pulled(end, delivery) == Array(Self.bytes.suffix(3)))
        #expect(await delivery.call("GET", path, headers: [("range", "bytes=700000-")]).status == 416)
        let head = await delivery.call("HEAD", path)
        #expect(head.status == 200 && head.header("etag") == whole.header("etag"))
        #expect(try await pulled(head, delivery) == [])
        let tag = try #require(whole.header("etag"))
        #expect(await delivery.call("GET", path, headers: [("if-none-match", tag)]).status == 304)
        #expect(await delivery.call("GET", try delivery.folder() + "v720_00002.m4s").status == 404)
    }

    @Test("a bucket that cannot be asked is a 503, not a stream without the file")
    func gone() async throws {
        let server = try await BucketServer(), delivery = try await delivery(server)
        server.process.end()
        let answer = await delivery.call("GET", try delivery.folder() + "v720_00001.m4s")
        #expect(answer.status == 503)
        #expect(answer.header("retry-after") != nil)
    }

    /// The bytes of a streamed answer, of the length that it says beforehand unless there are none (HEAD).
    private func pulled(_ answer: RouteCaller.Answer, _ delivery: TestDelivery) async throws -> [UInt8] {
        guard case .stream(let length, let next) = answer.response.body else {
            Issue.record("the body is no stream")
            return []
        }
        var bytes: [UInt8] = []
        while let piece = try await next() { bytes += piece }
        #expect(bytes.isEmpty || length == UInt64(bytes.count))
        return bytes
    }
}
