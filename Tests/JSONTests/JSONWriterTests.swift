import JSON
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    static func text(_ body: (inout JSONWriter) -> Void) -> String { JSONWriter.object(body).text }

    @Test("every character that needs an escape gets one, wherever it stands, and no other does")
    func escapes() throws {
        let special = (1..<0x20).map { UnicodeScalar(UInt8($0)) } + ["\"", "\\", "\u{7F}", "é", "\u{1F600}", "!", "#", "[", "]", " "]
        for scalar in special {
            for length in 0..<20 {
                for position in 0...length {
                    var text = String(repeating: "x", count: length)
                    text.unicodeScalars.insert(scalar, at: text.unicodeScalars.index(text.startIndex, offsetBy: position))
                    var json = JSONWriter()
                    json.string(text)
                    let bytes = json.finish().array
                    #expect(try JSONValue.parse(bytes).stringValue == text)
                    let needsEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
                    #expect((bytes.count > text.utf8.count + 2) == needsEscape)
                }
            }
        }
    }

    @Test("a number of any count of digits is written as Swift writes it")
    func integers() {
        var numbers = [0, .max, .min, .max - 1, .min + 1], power = 1
        for _ in 0..<19 {
            numbers += [power - 1, power, power + 1, power / 2, power &* 9, -power, 1 - power]
            power = power &* 10
        }
        for number in numbers {
            var json = JSONWriter()
            json.int(number)
            #expect(json.finish().text == String(number))
        }
    }

    @Test("a text with many characters that need an escape is written whole, however long it is")
    func manyEscapes() throws {
        let lines = (0..<200).map { String(repeating: "x", count: $0 % 23) + ["\n", "\"", "\\", "\u{2}"][$0 % 4] }.joined()
        for text in [lines, String(repeating: "\u{1}", count: 1000), ""] {
            var json = JSONWriter(capacity: 1)
            json.beginArray()
            json.string(text)
            json.string(text)
            json.endArray()
            #expect(try JSONValue.parse(json.finish()) == [.string(text), .string(text)])
        }
    }

    @Test("a string that is written in place stands like any other")
    func inPlace() {
        let text = Self.text { json in
            json.name("a")
            json.string(ofPlain: 3) { space in for at in 0..<3 { space[at] = UInt8(ascii: "x") } }
            json.field("b", 1)
        }
        #expect(text == #"{"a":"xxx","b":1}"#)
    }

    @Test("an object with every kind of field")
    func fields() {
        let text = Self.text { json in
            json.field("s", "a\"b\\c\n\u{1}")
            json.field("i", Int.min)
            json.field("d", 0.1)
            json.field("whole", 3.0)
            json.field("b", true)
            json.field("nothing", String?.none)
            json.field("list", ["x", "y"])
            json.array("rows") { json in
                for n in 0..<2 { json.beginObject(); json.field("n", n); json.endObject() }
            }
            json.object("inner") { $0.field("z", 0) }
        }
        #expect(text == #"{"s":"a\"b\\c\n\u0001","i":-9223372036854775808,"d":0.1,"whole":3,"b":true,"nothing":null,"list":["x","y"],"rows":[{"n":0},{"n":1}],"inner":{"z":0}}"#)
    }

    @Test("what is no number in JSON becomes null")
    func notFinite() {
        #expect(Self.text { $0.field("d", Double.nan) } == #"{"d":null}"#)
        #expect(Self.text { $0.field("d", Double.infinity) } == #"{"d":null}"#)
    }

    @Test("a text longer than the buffer grows it")
    func growth() throws {
        let long = String(repeating: "é\"", count: 50_000)
        let value = try JSONValue.parse(JSONWriter.object(capacity: 16) { $0.field("long", long) })
        #expect(value["long"]?.stringValue == long)
    }
}
