import JSON
import Mongo
import Telemetry
import Testing

/// One field of each kind.
private func everything() throws -> BSONDocument {
    let uuid = try #require(UUID16("0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6"))
    return [
        "null": nil, "true": true, "int32": .int32(-7), "int64": .int64(1 << 40), "double": 2.5, "string": "Größe \u{1F600} \"quoted\"",
        "date": .date(Timestamp(microseconds: 1_700_000_000_123_000)), "uuid": .uuid(uuid),
        "objectID": .objectID(try #require(BSONObjectID("64b7f0a1c2d3e4f5a6b7c8d9"))), "binary": .binary([0, 255, 1]), "timestamp": .timestamp(7 << 32 | 3),
        "array": [1, "two", [3], ["four": 4]], "document": ["inner": ["deep": true]], "empty": [:], "none": [],
    ]
}

@Suite struct BSONDocumentTests {
    @Test("a document has the bytes of the specification's example")
    func specification() throws {
        let bytes: [UInt8] = [
            0x31, 0, 0, 0, 4, 0x42, 0x53, 0x4F, 0x4E, 0, 0x26, 0, 0, 0, 2, 0x30, 0, 8, 0, 0, 0, 0x61, 0x77, 0x65, 0x73, 0x6F, 0x6D, 0x65, 0,
            1, 0x31, 0, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x14, 0x40, 0x10, 0x32, 0, 0xC2, 7, 0, 0, 0, 0,
        ]
        let document: BSONDocument = ["BSON": ["awesome", 5.05, .int32(1986)]]
        #expect(try document.encoded() == bytes)
        #expect(try BSONDocument(encoded: bytes) == document)
    }

    @Test("every kind of value comes back from its bytes as it was")
    func roundTrip() throws {
        let document = try everything()
        #expect(try BSONDocument(encoded: document.encoded()) == document)
    }

    @Test("a date keeps its milliseconds and loses what is finer towards the past", arguments: [
        (1_700_000_000_123_999, 1_700_000_000_123_000), (-1, -1000), (-1000, -1000), (0, 0),
    ] as [(Int64, Int64)])
    func dates(written: Int64, read: Int64) throws {
        let document: BSONDocument = ["at": .date(Timestamp(microseconds: written))]
        #expect(try BSONDocument(encoded: document.encoded()).date("at") == Timestamp(microseconds: read))
    }

    @Test("bytes that break off anywhere are refused and never read beyond")
    func truncated() throws {
        let bytes = try everything().encoded()
        for count in 0..<bytes.count {
            #expect(throws: BSONError.self) { try BSONDocument(encoded: Array(bytes[..<count])) }
            // With a length that agrees, the damage is inside.
            guard count >= 5 else { continue }
            var cut = Array(bytes[..<(count - 1)]) + [0]
            cut.replaceSubrange(0..<4, with: withUnsafeBytes(of: Int32(cut.count).littleEndian) { Array($0) })
            if let document = try? BSONDocument(encoded: cut) { #expect(document.count < 15) }
        }
    }

    @Test("a byte that is wrong is an error or another document, never a crash")
    func damaged() throws {
        let bytes = try everything().encoded()
        var refused = 0
        for at in bytes.indices {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[at] = value
                do { _ = try BSONDocument(encoded: damaged) } catch { refused += 1 }
                var json = JSONWriter()
                try? BSONBytes(damaged).withView { view in try view.write(to: &json) }
            }
        }
        #expect(refused > 100)
    }

    @Test("a kind of value that is not stored is refused with its place and its number")
    func unsupported() throws {
        // {a: {b: Decimal128}}
        let inner: [UInt8] = [24, 0, 0, 0, 0x13, 0x62, 0] + [UInt8](repeating: 0, count: 16) + [0]
        let bytes: [UInt8] = [UInt8(8 + inner.count), 0, 0, 0, 3, 0x61, 0] + inner + [0]
        #expect(throws: BSONError(path: "a.b", .unsupported(type: 0x13))) { try BSONDocument(encoded: bytes) }
    }

    @Test("a hundred levels are read and written, more are not")
    func depth() throws {
        func nested(_ levels: Int) -> BSONDocument { (0..<levels).reduce(["x": 1]) { inner, _ in ["x": .document(inner)] } }
        #expect(try BSONDocument(encoded: nested(100).encoded()) == nested(100))
        #expect { try nested(101).encoded() } throws: { ($0 as? BSONError)?.reason == .tooDeep }
    }

    @Test("a name with a zero byte is refused, since BSON would end it there")
    func zeroInName() {
        let document: BSONDocument = ["outer": ["a\0b": 1]]
        #expect { try document.encoded() } throws: { ($0 as? BSONError)?.reason == .zeroInName }
    }

    @Test("setting a field keeps its place, setting nil removes it, merging lets the other win")
    func changes() {
        var document: BSONDocument = ["a": 1, "b": 2, "c": 3]
        document["b"] = "two"
        document["a"] = nil
        document["d"] = 4
        #expect(document == ["b": "two", "c": 3, "d": 4])
        #expect(document.merging(["c": 0, "e": 5]) == ["b": "two", "c": 0, "d": 4, "e": 5])
        #expect(document != ["c": 3, "b": "two", "d": 4])
    }
}
