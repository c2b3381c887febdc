import Testing

@testable import Telemetry

@Suite struct UUID16Tests {
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

    @Test("text and bytes are of the same order, and text is read in either case") func forms() throws {
        let known = try #require(UUID16("01234567-89ab-cdef-0123-456789abcdef"))
        #expect(known.bytes == [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF])
        #expect(known.description == "01234567-89ab-cdef-0123-456789abcdef")
        #expect(UUID16("01234567-89AB-CDEF-0123-456789ABCDEF") == known)
        #expect(UUID16(bytes: known.bytes) == known)
    }

    @Test(
        "what is no UUID is none",
        arguments: [
            "", "1", "01234567-89ab-cdef-0123-456789abcde", "01234567-89ab-cdef-0123-456789abcdef0", "0123456789abcdef0123456789abcdef",
            "01234567x89ab-cdef-0123-456789abcdef", "g1234567-89ab-cdef-0123-456789abcdef", "{1234567-89ab-cdef-0123-456789abcdef",
            "0123456é-89ab-cdef-0123-456789abcde", "０18f4e2a-9c3b-7def-8123-456789abcdef",
        ])
    func refused(text: String) { #expect(UUID16(text) == nil) }

    @Test("another count of bytes is none") func bytes() { #expect(UUID16(bytes: [1, 2, 3]) == nil) }
}
