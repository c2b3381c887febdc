import Mongo
import Telemetry
import Testing

private let course: BSONDocument = [
    "title": "Swift", "price": ["amount": .int32(1999), "currency": "EUR"], "rating": 4.5, "whole": 3.0, "open": true, "gone": nil,
    "sections": [["title": "One", "lectures": [["title": "A", "seconds": 60]]], ["title": "Two", "lectures": [["title": 7, "seconds": 1]]]],
    "tags": ["a", "b"],
]

@Suite struct BSONReadingTests {
    @Test("fields are read by their path, through documents and arrays")
    func paths() throws {
        #expect(try course.string("title") == "Swift")
        #expect(try course.int("price.amount") == 1999)
        #expect(try course.string("sections.1.title") == "Two")
        #expect(try course.strings("tags") == ["a", "b"])
    }

    @Test("numbers are read however they are stored, as long as nothing is lost")
    func numbers() throws {
        #expect(try course.int("whole") == 3)
        #expect(try course.double("price.amount") == 1999)
        #expect(throws: BSONError(path: "rating", .kind(expected: .int64, found: .double))) { try course.int("rating") }
    }

    @Test("an optional field that is missing or null is nil, one of another kind is an error")
    func optionals() throws {
        #expect(try course.optionalString("nowhere") == nil)
        #expect(try course.optionalString("gone") == nil)
        #expect(try course.optionalDate("price.from") == nil)
        #expect(throws: BSONError(path: "open", .kind(expected: .string, found: .bool))) { try course.optionalString("open") }
    }

    @Test("an error names the whole path, also of what a closure reads inside")
    func errors() {
        #expect(throws: BSONError(path: "price.net", .missing)) { try course.int("price.net") }
        #expect(throws: BSONError(path: "gone", .kind(expected: .string, found: .null))) { try course.string("gone") }
        #expect(throws: BSONError(path: "sections.1.lectures.0.title", .kind(expected: .string, found: .int64))) {
            try course.documents("sections") { section in try section.documents("lectures") { try $0.string("title") } }
        }
        #expect(throws: BSONError(path: "price.note", .missing)) { try course.document("price") { try $0.string("note") } }
        #expect("\(BSONError(path: "price.net", .missing))" == "price.net: missing")
    }

    @Test("a UUID is read from its text and bytes and written lower-case")
    func uuids() throws {
        let text = "0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6"
        let uuid = try #require(UUID16(text.uppercased()))
        #expect(uuid.description == text)
        #expect(UUID16(bytes: uuid.bytes) == uuid)
        #expect(uuid.bytes.first == 1 && uuid.bytes.last == 0xF6)
        for wrong in ["", "0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f", "0192f0c12b3c-7d4e-8f90-a1b2c3d4e5f6-", "0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5fg"] {
            #expect(UUID16(wrong) == nil)
        }
        #expect(UUID16(bytes: [UInt8](repeating: 0, count: 15)) == nil)
    }
}
