import Telemetry
import Testing

@Suite("Instants")
struct TimestampTests {
    @Test("RFC 3339 both ways", arguments: [
        ("1970-01-01T00:00:00.000Z", 0), ("2000-02-29T12:34:56.789Z", 951_827_696_789_000), ("1969-12-31T23:59:59.999Z", -1000),
        ("2026-11-21T13:40:36.123Z", 1_795_268_436_123_000), ("9999-12-31T23:59:59.000Z", 253_402_300_799_000_000),
    ] as [(String, Int64)])
    func bothWays(text: String, microseconds: Int64) {
        #expect(Timestamp(microseconds: microseconds).rfc3339 == text)
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test("a date is as HTTP and mail write it", arguments: [
        ("2026-11-21T13:40:36Z", "Sat, 21 Nov 2026 13:40:36"), ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00"),
        ("2024-02-29T23:59:59Z", "Thu, 29 Feb 2024 23:59:59"), ("1969-12-31T00:00:00Z", "Wed, 31 Dec 1969 00:00:00"),
    ])
    func dates(time: String, text: String) throws {
        let instant = try #require(Timestamp(rfc3339: time))
        #expect(instant.imfFixdate() == text + " GMT")
        #expect(instant.imfFixdate(zone: "+0000") == text + " +0000")
    }

    @Test("offsets and fractions are understood")
    func offsets() {
        #expect(Timestamp(rfc3339: "2026-11-21T15:40:36+02:00") == Timestamp(rfc3339: "2026-11-21T13:40:36Z"))
        #expect(Timestamp(rfc3339: "2026-11-21T00:10:36-01:30") == Timestamp(rfc3339: "2026-11-21T01:40:36Z"))
        #expect(Timestamp(rfc3339: "2026-11-21T13:40:36.123456789Z")?.microseconds == 1_795_268_436_123_456)
        #expect(Timestamp(rfc3339: "2026-11-21t13:40:36z") != nil)
        #expect(Timestamp(rfc3339: "0000-01-01T00:01:00+00:01") == Timestamp.writable.lowerBound)
        #expect(Timestamp(rfc3339: "9999-12-31T23:59:59.999999Z")?.adding(seconds: 0.000001) == Timestamp.writable.upperBound)
    }

    @Test("what is no instant is refused", arguments: [
        "", "2026-11-21", "2026-11-21T13:40:36", "2026-13-21T13:40:36Z", "2026-02-29T13:40:36Z", "2026-06-31T00:00:00Z", "2026-11-21T24:00:00Z",
        "2026-11-21T13:40:36.Z", "2026-11-21T13:40:36.1234567890Z", "2026-11-21T13:40:36Zx", "2026-11-21T13:40:36+0200", "2026-11-00T13:40:36Z",
        "x026-11-21T13:40:36Z", "2026-11-21 13:40:36Z", "9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00+00:01",
    ])
    func refused(text: String) { #expect(Timestamp(rfc3339: text) == nil) }
}
