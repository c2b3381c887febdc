import JSON
import Testing

@Suite("Reading JSON")
struct JSONParserTests {
    @Test("A whole number is one in every form that JSON has for it, and a fraction or one too large to be exact is none", arguments: [
        ("3", 3), ("3.0", 3), ("3e0", 3), ("0.3e1", 3), ("-0.0", 0), ("-12.00", -12), ("9223372036854775807", Int.max),
        ("9007199254740991.0", 9_007_199_254_740_991), ("3.5", nil), ("1e-1", nil), ("9007199254740993.0", nil), ("1e300", nil), ("9223372036854775808", nil),
    ])
    func wholeNumbers(text: String, expected: Int?) throws {
        #expect(try JSONValue.parse(Array(text.utf8)).intValue == expected)
    }

    @Test("every kind of value comes back as it stood")
    func kinds() throws {
        let value = try JSONValue.parse(Array(#" {"a":[1,-2.5e3,true,false,null,"x\u00e9\ud83d\ude00\n"],"b":{}} "#.utf8))
        #expect(value == ["a": [1, value["a"]?[1] ?? .null, true, false, .null, "xé😀\n"], "b": [:]])
        #expect(value["a"]?[1]?.doubleValue == -2500)
        #expect(value["a"]?[0]?.intValue == 1)
        #expect(value["a"]?[6] == nil)
    }

    @Test("what is not JSON is refused", arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "nul", "\"", "\"\\x\"", "\"\u{1}\"", "[1] 2", "'a'", "NaN", "-", "\"\\u12\"",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\u0000\"", "[1 2]", "{\"a\" 1}", "tru", "{\"a\":1 \"b\":2}",
    ])
    func malformed(text: String) {
        #expect(throws: JSONError.self) { try JSONValue.parse(Array(text.utf8)) }
    }

    @Test("bytes that are not UTF-8 are refused")
    func notUTF8() {
        #expect(throws: JSONError.self) { try JSONValue.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.self) { try JSONValue.parse([0x22, 0xC0, 0x80, 0x22]) }
    }

    @Test("a name twice in an object is refused, escaped or not")
    func duplicates() {
        #expect(throws: JSONError.self) { try JSONValue.parse(Array(#"{"a":1,"a":2}"#.utf8)) }
        #expect(throws: JSONError.self) { try JSONValue.parse(Array(#"{"a":1,"\u0061":2}"#.utf8)) }
    }

    @Test("depth and number of values have a limit")
    func limits() throws {
        _ = try JSONValue.parse(Array(String(repeating: "[", count: 32).utf8) + Array(String(repeating: "]", count: 32).utf8))
        #expect(throws: JSONError.self) { try JSONValue.parse(Array(String(repeating: "[", count: 33).utf8) + Array(String(repeating: "]", count: 33).utf8)) }
        #expect(throws: JSONError.self) { try JSONValue.parse(Array("[1,2,3]".utf8), limits: JSONLimits(values: 3)) }
    }

    @Test("what is written reads back equal")
    func roundTrip() throws {
        let value: JSONValue = ["text": "\"\\/\u{8}\u{1f}\u{7f} é 😀", "n": .int(.min), "list": [1, "a", .null, [:]], "yes": true]
        #expect(try JSONValue.parse(value.jsonBuffer) == value)
    }
}
