import JSON
import Mongo
import Telemetry
import Testing

private func json(_ document: BSONDocument, skipping fields: BSONFieldNames = []) throws -> String {
    let bytes = BSONBytes(try document.encoded())
    var json = JSONWriter()
    try bytes.withView { view in try view.write(to: &json, skipping: fields) }
    return String(decoding: json.finish().array, as: UTF8.self)
}

@Suite struct BSONJSONTests {
    @Test("bytes become JSON: ids as text, dates as RFC 3339, bytes as Base64, _id as id")
    func values() throws {
        let document: BSONDocument = [
            "_id": .uuid(try #require(UUID16("0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6"))), "at": .date(Timestamp(microseconds: 1_700_000_000_123_456)),
            "oid": .objectID(try #require(BSONObjectID("64b7f0a1c2d3e4f5a6b7c8d9"))), "n": nil, "b": false, "i": .int32(-1), "l": .int64(.min), "d": 0.1,
            "inf": .double(.infinity), "bytes": .binary(Array("Lyceum!".utf8)), "s": "a\"\\\n\u{1}é", "a": [1, ["_id": 2], []], "o": [:],
        ]
        #expect(try json(document) == """
            {"id":"0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6","at":"2023-11-14T22:13:20.123Z","oid":"64b7f0a1c2d3e4f5a6b7c8d9","n":null,"b":false,"i":-1,\
            "l":-9223372036854775808,"d":0.1,"inf":null,"bytes":"THljZXVtIQ==","s":"a\\"\\\\\\n\\u0001é","a":[1,{"id":2},[]],"o":{}}
            """)
    }

    @Test("Base64 has its padding", arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")])
    func base64(plain: String, encoded: String) throws {
        #expect(try json(["x": .binary(Array(plain.utf8))]) == "{\"x\":\"\(encoded)\"}")
    }

    @Test("fields are left out by name and by path, inside of arrays too")
    func skipping() throws {
        let document: BSONDocument = ["secret": 1, "draft": ["secret": 2, "note": 3], "sections": [["id": 1, "note": 2], ["note": 3]], "note": 4]
        #expect(try json(document, skipping: ["secret"]) == #"{"draft":{"secret":2,"note":3},"sections":[{"id":1,"note":2},{"note":3}],"note":4}"#)
        #expect(try json(document, skipping: ["draft.secret", "sections.note"]) == #"{"secret":1,"draft":{"note":3},"sections":[{"id":1},{}],"note":4}"#)
        #expect(try json(document, skipping: ["draft.secret", "draft", "sections", "note"]) == #"{"secret":1}"#)
    }

    @Test("what is written is what a JSON parser reads, level by level")
    func parses() throws {
        let nested = (0..<5).reduce(["leaf": "x"] as BSONDocument) { inner, level in ["level": .int(level), "inner": .document(inner), "list": [.document(inner)]] }
        let value = try JSONValue.parse(Array(json(nested).utf8))
        #expect(value["inner"]?["list"]?[0]?["level"]?.intValue == 2)
    }

    @Test("a date that RFC 3339 cannot say is an error that names its field")
    func dates() throws {
        let far: BSONDocument = ["course": ["at": .date(Timestamp(microseconds: 253_402_300_800_000_000))]]
        #expect(throws: BSONError(path: "course.at", .outOfRange)) { try json(far) }
        #expect(try json(["at": .date(Timestamp(microseconds: -62_167_219_200_000_000))]) == #"{"at":"0000-01-01T00:00:00.000Z"}"#)
    }

    @Test("one field is read without the others, and the rest can be written into an object that is begun already")
    func parts() throws {
        let bytes = BSONBytes(try (["a": 1, "b": ["c": 2]] as BSONDocument).encoded())
        #expect(try bytes.withView { try $0.value("b") } == ["c": 2])
        #expect(try bytes.withView { try $0.value("c") } == nil)
        let buffer = try JSONWriter.object { json in
            json.field("first", 0)
            try bytes.withView { try $0.writeFields(to: &json) }
        }
        #expect(String(decoding: buffer.array, as: UTF8.self) == #"{"first":0,"a":1,"b":{"c":2}}"#)
    }
}
