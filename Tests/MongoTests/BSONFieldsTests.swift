import JSON
@testable import Mongo
import Telemetry
import Testing

private func picked(_ document: BSONDocument, _ body: (inout BSONFields, inout JSONWriter) throws -> Void) throws -> String {
    try BSONBytes(document.encoded()).withView { view in
        var fields = try view.fields()
        return try JSONWriter.object { json in try body(&fields, &json) }.text
    }
}

@Suite("Fields picked from BSON")
struct BSONFieldsTests {
    private static let id = UUID16(high: 0x0192_F0C1_2B3C_7D4E, low: 0x8F90_A1B2_C3D4_E5F6)
    private static let document: BSONDocument = [
        "_id": .uuid(id), "title": "a \"title\"", "count": .int32(3), "long": .int64(.min), "whole": .double(7), "part": 0.5, "yes": true, "no": nil,
        "at": .date(Timestamp(microseconds: 1_700_000_000_123_000)), "names": ["x", "y"], "inner": ["title": "b", "deep": ["n": 1]],
        "list": [["n": 1, "other": 0], ["n": 2]], "empty": [],
    ]

    @Test("go out in the order in which they are asked for, under the names that they are given, and no others do")
    func order() throws {
        let text = try picked(Self.document) { fields, json in
            try fields.write("at", .date, to: &json)
            try fields.write("_id", .uuid, as: "id", to: &json)
            try fields.write("names", .strings, to: &json)
            try fields.write("names", .strings, as: "again", to: &json)
            try fields.write("title", .string, to: &json)
            try fields.write("long", .int, to: &json)
            try fields.write("count", .double, to: &json)
            try fields.write("whole", .int, to: &json)
            try fields.write("part", .double, to: &json)
            try fields.write("yes", .bool, to: &json)
            try fields.write("empty", .strings, to: &json)
        }
        #expect(text == """
            {"at":"2023-11-14T22:13:20.123Z","id":"0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6","names":["x","y"],"again":["x","y"],"title":"a \\"title\\"",\
            "long":-9223372036854775808,"count":3,"whole":7,"part":0.5,"yes":true,"empty":[]}
            """)
    }

    @Test("of documents inside are picked in the same way, from several of them in turn")
    func nested() throws {
        let text = try picked(Self.document) { fields, json in
            var inner = try fields.document("inner"), deep = try inner.document("deep")
            try deep.write("n", .int, to: &json)
            try inner.write("title", .string, to: &json)
            try fields.writeObjects("list", to: &json) { item, json in try item.write("n", .int, as: "m", to: &json) }
            try fields.writeObject("inner", to: &json) { inner, json in try inner.write("title", .string, to: &json) }
            try deep.write("n", .int, as: "last", to: &json)
        }
        #expect(text == #"{"n":1,"title":"b","list":[{"m":1},{"m":2}],"inner":{"title":"b"},"last":1}"#)
    }

    @Test("may be missing or null where that is allowed")
    func optional() throws {
        let text = try picked(Self.document) { fields, json in
            try fields.writeOptional("no", .string, to: &json)
            try fields.writeOptional("nowhere", .int, as: "n", to: &json)
            try fields.writeOptional("title", .string, to: &json)
            try fields.writeOptionalObject("no", to: &json) { _, _ in }
            #expect(try !fields.has("no"))
            #expect(try fields.has("list"))
            #expect(try fields.string("title") == "a \"title\"")
        }
        #expect(text == #"{"no":null,"n":null,"title":"a \"title\"","no":null}"#)
    }

    @Test("that are missing or of another kind are errors that name their path")
    func errors() throws {
        func expect(_ error: BSONError, _ body: (inout BSONFields, inout JSONWriter) throws -> Void) {
            #expect(throws: error) { try picked(Self.document, body) }
        }
        expect(BSONError(path: "nowhere", .missing)) { try $0.write("nowhere", .int, to: &$1) }
        expect(BSONError(path: "title", .kind(expected: .int64, found: .string))) { try $0.write("title", .int, to: &$1) }
        expect(BSONError(path: "part", .kind(expected: .int64, found: .double))) { try $0.write("part", .int, to: &$1) }
        expect(BSONError(path: "count", .kind(expected: .bool, found: .int32))) { try $0.write("count", .bool, to: &$1) }
        expect(BSONError(path: "list.0", .kind(expected: .string, found: .document))) { try $0.write("list", .strings, to: &$1) }
        expect(BSONError(path: "list.1.other", .missing)) { fields, json in
            try fields.writeObjects("list", to: &json) { item, json in try item.write("other", .int, to: &json) }
        }
        expect(BSONError(path: "names.0", .kind(expected: .document, found: .string))) { try $0.writeObjects("names", to: &$1) { _, _ in } }
        expect(BSONError(path: "inner.deep.n", .kind(expected: .string, found: .int64))) { fields, json in
            var inner = try fields.document("inner"), deep = try inner.document("deep")
            try deep.write("n", .string, to: &json)
        }
    }

    @Test("a prepared pipeline is encoded as it is when it is written out")
    func pipeline() throws {
        let stages: [BSONDocument] = [["$project": ["draft": 0]], ["$limit": 1]], filter: BSONDocument = ["_id": .uuid(Self.id)]
        let whole = BSONDocument.pipeline([["$match": .document(filter)]] + stages)
        #expect(try MongoPipeline(afterMatch: stages).encoded(matching: filter) == whole.encoded())
        #expect(try MongoPipeline(afterMatch: []).encoded(matching: filter) == BSONDocument.pipeline([["$match": .document(filter)]]).encoded())
        let wrong = MongoPipeline(afterMatch: [["a\0": 1]])
        #expect(throws: BSONError.self) { try wrong.encoded(matching: filter) }
    }
}
