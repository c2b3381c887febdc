import Testing
@testable import Delivery

@Suite("Byte ranges (RFC 9110, 14)")
struct ByteRangeTests {
    @Test("a range is the bytes that it names, as far as there are any", arguments: [
        ("bytes=0-0", 0, 1), ("bytes=0-9", 0, 10), ("bytes=0-99", 0, 100), ("bytes=0-100", 0, 100), ("bytes=99-", 99, 100), ("bytes=0-", 0, 100),
        ("bytes=-1", 99, 100), ("bytes=-100", 0, 100), ("bytes=-101", 0, 100), ("bytes=007-010", 7, 11), ("Bytes=1-2", 1, 3), ("bytes= 1-2 ", 1, 3),
        ("bytes=50-99999999999999999999999", 50, 100), ("bytes=-99999999999999999999999", 0, 100),
    ] as [(String, UInt64, UInt64)])
    func parts(_ header: String, _ from: UInt64, _ to: UInt64) { #expect(ByteRange(header: header, size: 100) == .part(from: from, to: to)) }

    @Test("a range that begins beyond the end, or has nothing, cannot be satisfied", arguments: [
        ("bytes=100-", 100), ("bytes=100-200", 100), ("bytes=99999999999999999999999-", 100), ("bytes=-0", 100), ("bytes=0-", 0), ("bytes=-1", 0),
    ] as [(String, UInt64)])
    func beyond(_ header: String, _ size: UInt64) { #expect(ByteRange(header: header, size: size) == .unsatisfiable) }

    @Test("what is no range of bytes is not looked at, several ranges are answered with the whole", arguments: [
        nil, "", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=5-2", "bytes=a-b", "bytes=1 2-3", "bytes=1-2-3", "bytes=--1", "bytes=+1-2", "items=0-1",
        "bytes=0-1,5-6", "bytes=0-1,", "bytes 0-1", "bytes=0x1-2", "bytes=١-٢",
    ])
    func whole(_ header: String?) { #expect(ByteRange(header: header, size: 100) == .whole) }
}
