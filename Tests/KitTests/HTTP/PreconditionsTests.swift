import JSON
import Testing

@testable import Kit

@Suite struct PreconditionsTests {
    private let current = ETag(revision: 7)

    @Test("If-Match allows by strong comparison (RFC 9110, 13.1.1)") func strong() throws {
        #expect(try #require(IfMatch("\"7\"")).allows(current))
        #expect(try #require(IfMatch(" \"6\" , \"7\" ")).allows(current))
        #expect(try #require(IfMatch("*")).allows(current))
        #expect(try !#require(IfMatch("W/\"7\"")).allows(current))
        #expect(try !#require(IfMatch("\"8\"")).allows(current))
        #expect(try #require(IfMatch("\"a\", \"7\", W/\"9\"")).revisions == [7])
        #expect(try #require(IfMatch("*")).revisions == nil)
    }

    @Test("If-None-Match has by weak comparison (RFC 9110, 13.1.2)") func weak() throws {
        #expect(try #require(IfNoneMatch("\"7\"")).has(current))
        #expect(try #require(IfNoneMatch("W/\"7\"")).has(current))
        #expect(try #require(IfNoneMatch("\"a,b\",\"7\"")).has(current))
        #expect(try #require(IfNoneMatch("*")).has(current))
        #expect(try !#require(IfNoneMatch("\"8\"")).has(current))
    }

    @Test("a stale edit is 412") func stale() throws {
        let match = try #require(IfMatch("\"6\""))
        let problem = #expect(throws: Problem.self) { try match.check(current) }
        #expect(problem?.status == 412)
        #expect(problem?.slug == "precondition-failed")
        try #require(IfMatch("\"7\"")).check(revision: 7)
    }

    @Test("what is no list of tags is none", arguments: ["", "7", "\"7", "7\"", "\"7\" \"8\"", "w/\"7\"", "\"a\nb\"", "**", "\"a b\"", "*, \"7\""])
    func malformed(field: String) {
        #expect(IfMatch(field) == nil)
        #expect(IfNoneMatch(field) == nil)
    }

    @Test("a list has a bound") func bound() {
        #expect(IfMatch([String](repeating: "\"1\"", count: 100).joined(separator: ",")) != nil)
        #expect(IfMatch([String](repeating: "\"1\"", count: 200).joined(separator: ",")) == nil)
    }

    @Test("a tag is quoted and holds nothing that would end it") func quoted() {
        #expect(ETag("a\"b c\u{7}").description == "\"abc\"")
        #expect(ETag(revision: 3).description == "\"3\"")
        #expect(ETag(revision: 3).revision == 3)
        #expect(ETag("r3").revision == nil)
    }

    @Test("the tag of bytes changes with any of them") func hashing() {
        var bytes = Array("{\"items\":[1,2,3],\"nextCursor\":null}".utf8)
        let first = ETag(hashing: Buffer(bytes))
        #expect(ETag(hashing: Buffer(bytes)) == first)
        var seen: Set<ETag> = [first, ETag(hashing: Buffer([]))]
        for at in bytes.indices {
            bytes[at] ^= 1
            #expect(seen.insert(ETag(hashing: Buffer(bytes))).inserted)
            bytes[at] ^= 1
        }
        #expect(seen.insert(ETag(hashing: Buffer(bytes + [0]))).inserted)
    }
}
