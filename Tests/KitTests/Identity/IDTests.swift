import JSON
import Telemetry
import Testing

@testable import Kit

@Suite struct IDTests {
    @Test("ids made one after the other are in order and unlike") func ordered() {
        let ids = (0..<10_000).map { _ in UserID() }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        #expect(Set(ids).count == ids.count)
    }

    @Test("ids made on many threads at once are unlike") func concurrent() async {
        let all = await withTaskGroup(of: [UserID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5_000).map { _ in UserID() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(all).count == 40_000)
    }

    @Test("a clock that goes back does not bring ids out of order") func clockBack() {
        let clock = UUIDv7Clock()
        let first = clock.next(at: Timestamp(microseconds: 1_800_000_000_000_000))
        let second = clock.next(at: Timestamp(microseconds: 1_700_000_000_000_000))
        #expect(first < second)
    }

    @Test("an id is a UUID of version 7 and variant 10 with the millisecond in front") func form() {
        let time = Timestamp(microseconds: 1_795_268_436_123_000)
        let uuid = UUIDv7Clock().next(at: time)
        let text = Array(uuid.description)
        #expect(text[14] == "7")
        #expect("89ab".contains(text[19]))
        #expect(uuid.timestamp == time)
    }

    @Test("text and bytes give the same id back") func roundTrip() throws {
        let id = UserID()
        #expect(UserID(id.description) == id)
        #expect(UserID(id.description.uppercased()) == id)
        #expect(UserID(bytes: id.bytes) == id)
        #expect(id.bytes.count == 16)
        #expect(try JSONValue.parse(id.jsonBuffer).stringValue == id.description)
        let known = try #require(UUID16("01234567-89ab-cdef-0123-456789abcdef"))
        #expect(known.bytes == [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF])
        #expect(known.description == "01234567-89ab-cdef-0123-456789abcdef")
    }

    @Test(
        "what is no UUID is no id",
        arguments: [
            "", "1", "01234567-89ab-cdef-0123-456789abcde", "01234567-89ab-cdef-0123-456789abcdef0", "0123456789abcdef0123456789abcdef",
            "01234567x89ab-cdef-0123-456789abcdef", "g1234567-89ab-cdef-0123-456789abcdef", "{1234567-89ab-cdef-0123-456789abcdef",
            "0123456é-89ab-cdef-0123-456789abcde",
        ])
    func refused(text: String) { #expect(UserID(text) == nil) }

    @Test("bytes of another count are no id") func bytes() { #expect(UserID(bytes: [UInt8](repeating: 0, count: 15)) == nil) }
}
