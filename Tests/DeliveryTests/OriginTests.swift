import Glibc
import HTTP
import JSON
import Kit
import Loop
import Testing
import TestKit
import TestRoutes
@testable import Delivery

@Suite("The origin of streams")
struct OriginTests {
    private func delivery() throws -> TestDelivery {
        let delivery = try TestDelivery()
        try delivery.put("#EXTM3U\n", as: "master.m3u8")
        try delivery.put("0123456789", as: "v720_00001.m4s")
        try delivery.put("secret", as: "notes.txt")
        return delivery
    }

    @Test("a signed path gives the file, whole, for ever and as what it is")
    func whole() async throws {
        let delivery = try delivery()
        let answer = await delivery.call("GET", try delivery.folder() + "master.m3u8")
        #expect(answer.status == 200)
        #expect(sent(answer) == "#EXTM3U\n")
        #expect(answer.header("content-type") == "application/vnd.apple.mpegurl")
        #expect(answer.header("accept-ranges") == "bytes")
        #expect(answer.header("cache-control") == "public, max-age=31536000, immutable")
        #expect(answer.header("x-content-type-options") == "nosniff")
        let segment = await delivery.call("GET", try delivery.folder() + "v720_00001.m4s")
        #expect(segment.header("content-type") == "video/iso.segment")
        #expect(sent(segment) == "0123456789")
        #expect(segment.header("etag") != answer.header("etag"))
    }

    @Test("a range gives that part; one beyond the end is a 416 that tells the length")
    func ranges() async throws {
        let delivery = try delivery()
        let path = try delivery.folder() + "v720_00001.m4s"
        let part = await delivery.call("GET", path, headers: [("range", "bytes=2-4")])
        #expect(part.status == 206)
        #expect(part.header("content-range") == "bytes 2-4/10")
        #expect(sent(part) == "234")
        let end = await delivery.call("GET", path, headers: [("range", "bytes=-3")])
        #expect(end.header("content-range") == "bytes 7-9/10")
        #expect(sent(end) == "789")
        let beyond = await delivery.call("GET", path, headers: [("range", "bytes=10-")])
        #expect(beyond.status == 416)
        #expect(beyond.header("content-range") == "bytes */10")
        #expect(beyond.json["type"]?.stringValue?.hasSuffix("/range-not-satisfiable") == true)
        let several = await delivery.call("GET", path, headers: [("range", "bytes=0-1,3-4")])
        #expect(several.status == 200)
        #expect(sent(several) == "0123456789")
        let head = await delivery.call("HEAD", path, headers: [("range", "bytes=2-4")])
        #expect(head.status == 200)
        #expect(sent(head)?.utf8.count == 10)
    }

    @Test("who has the file gets 304; a range of another version gets the whole of this one")
    func conditions() async throws {
        let delivery = try delivery()
        let path = try delivery.folder() + "v720_00001.m4s"
        let first = await delivery.call("GET", path)
        #expect(sent(first) != nil)
        let tag = try #require(first.header("etag"))
        for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
            let again = await delivery.call("GET", path, headers: [("if-none-match", known), ("range", "bytes=0-1")])
            #expect(again.status == 304)
            #expect(again.header("etag") == tag)
            #expect(sent(again) == nil)
        }
        let same = await delivery.call("GET", path, headers: [("if-range", tag), ("range", "bytes=0-1")])
        #expect(same.status == 206)
        #expect(sent(same) == "01")
        for other in ["\"other\"", "W/\(tag)", "Sat, 21 Nov 2026 15:00:00 GMT"] {
            let changed = await delivery.call("GET", path, headers: [("if-range", other), ("range", "bytes=0-1")])
            #expect(changed.status == 200)
            #expect(sent(changed) == "0123456789")
        }
    }

    @Test("a path whose time is over, or that we did not sign, opens nothing, whether or not there is a file")
    func refused() async throws {
        let delivery = try delivery()
        let good = try delivery.folder()
        let parts = good.split(separator: "/").map(String.init)
        for path in [
            good.replacing(TestDelivery.hash + "/", with: "0ther/"), "/s/\(parts[1])A/\(parts[2])/\(parts[3])/", "/s/nonsense/\(parts[2])/\(parts[3])/",
            "/s/\(parts[1])/other/\(parts[3])/", try delivery.folder(lastsSeconds: -1),
        ] {
            for name in ["master.m3u8", "missing.m3u8"] { #expect(await delivery.call("GET", path + name).status == 403, "\(path)") }
        }
        delivery.advance(seconds: 61)
        let late = await delivery.call("GET", good + "master.m3u8")
        #expect(late.status == 403)
        #expect(late.json["detail"]?.stringValue?.contains("expired") == true)
    }

    @Test("a file that is not there, is none of a stream's, or lies elsewhere is 404", arguments: [
        "missing.m4s", "notes.txt", ".hidden.m3u8", "master.m3u8.txt", "master", "a%20b.mp4", "..m3u8", "master.m3u8;.mp4",
    ])
    func missing(_ name: String) async throws {
        let delivery = try delivery()
        #expect(await delivery.call("GET", try delivery.folder() + name).status == 404)
    }

    @Test("a name that hides a slash or a NUL is no request at all", arguments: [
        "%2E%2E", "%2E%2E%2Fmaster.m3u8", "..%2F..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd.mp4", "master.m3u8%00.mp4",
    ])
    func hidden(_ name: String) async throws {
        let delivery = try delivery()
        #expect(await delivery.call("GET", try delivery.folder() + name).status == 400)
    }

    @Test("another method is refused by name")
    func methods() async throws {
        let delivery = try delivery()
        let answer = await delivery.call("PUT", try delivery.folder() + "master.m3u8")
        #expect(answer.status == 405)
        #expect(answer.header("allow") == "GET, HEAD")
    }
}
