import JSON
import Telemetry
import Testing

@testable import Kit

@Suite struct CursorTests {
    @Test("a cursor comes back as it went out") func roundTrip() throws {
        let id = UserID()
        let cursor = Cursor(1_795_268_436_123_456, id, "Ünïcode \" \\ \n")
        let text = cursor.description
        #expect(text.utf8.allSatisfy { $0 == 0x2D || $0 == 0x5F || 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 })
        let read = try Cursor(decoding: text, parts: 3)
        #expect(read == cursor)
        #expect(try read.timestamp(0) == Timestamp(microseconds: 1_795_268_436_123_456))
        #expect(try read.id(1, of: UserTag.self) == id)
        #expect(try read.string(2) == "Ünïcode \" \\ \n")
    }

    @Test(
        "anything else is 400",
        arguments: ["", "a", "!!!!", "bnVsbA", "W10", "WzFd", "eyJhIjoxfQ", "WyJhIl0=x", String(repeating: "W", count: 4000)])
    func malformed(text: String) {
        #expect(throws: Problem.self) { try Cursor(decoding: text) }
        do { _ = try Cursor(decoding: text) } catch { #expect(error.status == 400) }
    }

    @Test("a part of another kind or number is 400") func parts() throws {
        let cursor = Cursor("abc")
        #expect(throws: Problem.self) { try cursor.int(0) }
        #expect(throws: Problem.self) { try cursor.id(0, of: UserTag.self) }
        #expect(throws: Problem.self) { try cursor.string(1) }
        #expect(throws: Problem.self) { try Cursor(decoding: cursor.description, parts: 2) }
    }

    @Test("a time that no list can have given out is 400", arguments: [Int.min, -9_000_000_000_000_000_000, 253_402_300_800_000_000, Int.max])
    func times(microseconds: Int) {
        #expect(throws: Problem.self) { try Cursor(microseconds, UserID()).timestamp(0) }
    }

    @Test("one item more than the limit tells of a next page") func page() throws {
        let request = PageRequest(limit: 2)
        let more = Page(found: [1, 2, 3], for: request) { Cursor($0) }
        #expect(more.items == [1, 2])
        #expect(more.nextCursor == Cursor(2))
        let last = Page(found: [1, 2], for: request) { Cursor($0) }
        #expect(last.items == [1, 2])
        #expect(last.nextCursor == nil)
        let json = try JSONValue.parse(more.map { UUID16(high: 0, low: UInt64($0)) }.jsonBuffer)
        #expect(json["items"]?.arrayValue?.count == 2)
        #expect(json["nextCursor"]?.stringValue == Cursor(2).description)
    }
}
