import ObjectStore
import Testing

@Suite struct ObjectKeyTests {
    @Test(
        "a key is plain names with slashes between them",
        arguments: [
            "a", "streams/0190b5c2-7d2f-7c3a-9f6e-000000000000/3f2a/v720_00001.m4s", "uploads/A.b_c-d=1", String(repeating: "a", count: 255),
        ])
    func good(text: String) { #expect(ObjectKey(text)?.text == text) }

    @Test(
        "nothing that leads out of the store, hides in it or means something else to a server is a key",
        arguments: [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", ".tmp/x", "a/.hidden", "a\\b", "a b", "a%2Fb", "a?b", "a#b", "a\0b",
            "ä", "a\nb", "~", "a:b",
            String(repeating: "a", count: 256), String(repeating: "a/", count: 500) + "a",
        ])
    func bad(text: String) { #expect(ObjectKey(text) == nil) }

    @Test("a name is appended only if it is one")
    func appending() throws {
        let key = try #require(ObjectKey("streams/x"))
        #expect(key.appending("master.m3u8")?.text == "streams/x/master.m3u8")
        #expect(key.appending("..") == nil)
        #expect(key.appending("") == nil)
    }
}
