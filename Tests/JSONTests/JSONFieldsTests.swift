import JSON
import Testing

@Suite("Reading the fields of a body")
struct JSONFieldsTests {
    enum Level: String, CaseIterable { case beginner, advanced }

    static func errors(_ text: String, _ read: (inout JSONFields) -> Void) throws -> [String: String] {
        var fields = JSONFields(try JSONValue.parse(Array(text.utf8)))
        read(&fields)
        do { try fields.finish() } catch { return Dictionary(uniqueKeysWithValues: error.errors.map { ($0.pointer, $0.detail) }) }
        return [:]
    }

    @Test("a sound body gives its values")
    func sound() throws {
        let body = #"{"title":"Swift","age":3,"level":"advanced","price":{"amount":5},"tags":["a"],"rows":[{"n":1},{"n":2}],"note":null}"#
        var fields = JSONFields(try JSONValue.parse(Array(body.utf8)))
        #expect(fields.string("title", length: 1...10) == "Swift")
        #expect(fields.int("age", in: 0...9) == 3)
        #expect(fields.choice("level", Level.self) == .advanced)
        #expect(fields.object("price") { $0.int("amount", in: 0...9) } == 5)
        #expect(fields.strings("tags", count: 0...3, length: 1...3) == ["a"])
        #expect(fields.array("rows", count: 1...3) { $0.int("n", in: 0...9) } == [1, 2])
        #expect(fields.optionalString("note", length: 1...5) == nil)
        #expect(fields.optionalInt("absent", in: 0...1) == nil)
        try fields.finish()
    }

    @Test("people read mistakes as one line")
    func description() {
        let errors = [JSONFieldError(pointer: "/title", detail: "is required"), JSONFieldError(pointer: "", detail: "must be an object")]
        #expect("\(JSONFieldsError(errors: errors))" == "/title is required; it must be an object")
    }

    @Test("every mistake is named with its pointer in one go")
    func mistakes() throws {
        let found = try Self.errors(#"{"title":"","age":"x","level":"expert","price":{"amount":1.5,"extra":1},"tags":["a",7],"rows":[{}],"a/b~c":1}"#) { fields in
            _ = fields.string("title", length: 1...10)
            _ = fields.int("age", in: 0...9)
            _ = fields.choice("level", Level.self)
            _ = fields.object("price") { $0.int("amount", in: 0...9) }
            _ = fields.strings("tags", count: 0...3, length: 1...3)
            _ = fields.array("rows", count: 1...3) { $0.int("n", in: 0...9) }
            _ = fields.bool("absent")
        }
        #expect(found == [
            "/title": "must not be empty", "/age": "must be an integer from 0 to 9", "/level": "must be one of beginner, advanced",
            "/price/amount": "must be an integer from 0 to 9", "/price/extra": "is not a field here", "/tags/1": "must be a string",
            "/rows/0/n": "is required", "/absent": "is required", "/a~1b~0c": "is not a field here",
        ])
    }

    @Test("a body with more mistakes than anybody reads gets a small answer")
    func manyMistakes() throws {
        let unknown = "{" + (0..<20_000).map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        #expect(try Self.errors(unknown) { _ in }.count == 20)
        let rows = #"{"rows":[\#(Array(repeating: #"{"x":1,"y":2}"#, count: 5000).joined(separator: ","))]}"#
        let found = try Self.errors(rows) { fields in _ = fields.array("rows", count: 0...9000) { $0.int("n", in: 0...9) } }
        #expect(found.count == 100)
        let long = try Self.errors(#"{"\#(String(repeating: "/", count: 5000))":1}"#) { _ in }
        #expect(Array(long.keys) == ["/" + String(repeating: "~1", count: 100)])
    }

    @Test("a body that is no object is one mistake")
    func notAnObject() throws {
        #expect(try Self.errors("[1]") { _ = $0.string("title", length: 1...10); _ = $0.int("n", in: 0...1) } == ["": "must be an object, not an array"])
    }

    @Test("unknown fields pass only when told so")
    func unknown() throws {
        #expect(try Self.errors(#"{"role":"admin"}"#) { _ in } == ["/role": "is not a field here"])
        #expect(try Self.errors(#"{"role":"admin"}"#) { $0.ignoreUnknown() } == [:])
        #expect(try Self.errors(#"{"role":"admin"}"#) { $0.ignore("role") } == [:])
    }
}
