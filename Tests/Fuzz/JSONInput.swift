@testable import JSON

/// A JSON text, as a value, written again, and read field by field.
enum JSONInput {
    private enum Kind: String, CaseIterable { case one, two }

    static func read(_ bytes: [UInt8]) -> CInt {
        let limits = JSONLimits(depth: 32, values: 1000)
        let value: JSONValue
        do { value = try JSONValue.parse(bytes, limits: limits) } catch {
            holds(0...bytes.count ~= error.offset, "a mistake outside of the text")
            return 0
        }
        let text = value.jsonBuffer.array
        guard let again = try? JSONValue.parse(text, limits: limits) else { fatalError("what was written cannot be read") }
        holds(again == value, "a value that is another one when it is written again")
        holds(again.jsonBuffer.array == text, "a text that is another one when it is written again")
        read(value)
        return 0
    }

    private static func read(_ value: JSONValue) {
        var fields = JSONFields(value)
        _ = fields.string("a", length: 1...5)
        _ = fields.optionalInt("b", in: -5...5)
        _ = fields.double("c", in: 0...1)
        _ = fields.optionalBool("d")
        _ = fields.choice("e", Kind.self)
        _ = fields.optionalStrings("f", count: 1...3, length: 1...5)
        _ = fields.optionalObject("g") { $0.optionalString("a", length: 0...5) }
        _ = fields.array("h", count: 0...3) { $0.int("b", in: 0...5) }
        do { try fields.finish() } catch {
            holds(1...100 ~= error.errors.count, "more is told than a client reads")
            for one in error.errors { holds(one.pointer.isEmpty || one.pointer.hasPrefix("/"), "a pointer that is none") }
        }
    }
}
