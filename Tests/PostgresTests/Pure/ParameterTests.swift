import Telemetry
import Testing
@testable import Postgres

@Suite("Parameters in the server's binary forms")
struct ParameterTests {
    private func bytes(_ parameter: Parameter) -> [UInt8] {
        let size = parameter.wireSize ?? 0
        return [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var wire = WireWriter(at: UnsafeMutableRawPointer(start))
            parameter.write(to: &wire)
            count = wire.place - UnsafeMutableRawPointer(start)
        }
    }

    @Test("numbers are big-endian", arguments: [
        (Parameter.bool(true), [1]), (.int2(-2), [0xFF, 0xFE]), (.int4(258), [0, 0, 1, 2]), (.int(1), [0, 0, 0, 0, 0, 0, 0, 1]),
        (.float8(1), [0x3F, 0xF0, 0, 0, 0, 0, 0, 0]), (.text("é"), [0xC3, 0xA9]), (.bytes([]), []), (.jsonb("{}"), [1, 0x7B, 0x7D]),
        (.uuid(UUID16(high: 0x0001_0203_0405_0607, low: 0x0809_0A0B_0C0D_0E0F)), Array(0...15)), (.int4Array([]), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23]),
        (.textArray(["a", nil]), [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 25, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0x61, 0xFF, 0xFF, 0xFF, 0xFF]),
    ] as [(Parameter, [UInt8])])
    func encoding(parameter: Parameter, expected: [UInt8]) { #expect(bytes(parameter) == expected) }

    @Test("what is announced is what is written", arguments: [
        Parameter.boolArray([true, false]), .int2Array([1]), .int8Array([1, 2, 3]), .float8Array([0.5]), .uuidArray([UUID16(high: 1, low: 2)]),
        .bytesArray([[1, 2], []]), .timestampArray([Timestamp(microseconds: 5)]), .jsonbArray([Array("1".utf8)]), .textArray([]), .null,
        .timestamp(microsecondsSince1970: 0),
    ])
    func sizes(parameter: Parameter) { #expect(bytes(parameter).count == parameter.wireSize ?? 0) }

    @Test("time is counted from 2000, and infinity stays what it is")
    func time() {
        #expect(bytes(.timestamp(microsecondsSince1970: 946_684_800_000_001)) == [0, 0, 0, 0, 0, 0, 0, 1])
        #expect(bytes(.timestamp(microsecondsSince1970: .max)) == [0x7F] + Array(repeating: 0xFF, count: 7))
        #expect(bytes(.timestamp(microsecondsSince1970: .min)) == [0x80] + Array(repeating: 0, count: 7))
    }

    @Test("a text with a NUL and too many parameters are refused before anything is sent")
    func refusals() {
        #expect(ParameterArena.refusal(of: [.text("a\0b")])?.sqlState == "22021")
        #expect(ParameterArena.refusal(of: [.textArray(["ok", "a\0"])])?.sqlState == "22021")
        #expect(ParameterArena.refusal(of: Array(repeating: .null, count: 65_536))?.kind == .protocol)
        #expect(ParameterArena.refusal(of: [.bytes([0]), .text("fine"), .null]) == nil)
    }

    @Test("a broken array is not read beyond its end")
    func brokenArray() {
        func elements(_ bytes: [UInt8]) -> Int? { bytes.withUnsafeBytes { ArrayReader.elements(of: $0, type: nil)?.count } }
        let whole: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 9]
        #expect(elements(whole) == 1)
        for end in 0..<whole.count { #expect(elements(Array(whole[..<end])) == nil) }
        var huge = whole
        huge[12] = 0x7F
        #expect(elements(huge) == nil)
    }

    @Test("pauses between attempts grow, differ, and are bounded")
    func pauses() {
        #expect((1...9).map { RetryPause.milliseconds(after: $0, random: 1) } == [10, 20, 40, 80, 160, 320, 640, 640, 640])
        #expect(RetryPause.milliseconds(after: 1, random: 0) == 5)
    }
}
