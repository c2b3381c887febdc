@testable import HTTP
@testable import Kit
import Telemetry

/// The fields of a head, a line each, and what is read from their values.
enum HeadInput {
    static func read(_ bytes: [UInt8]) -> CInt {
        var head = RequestHead()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).prefix(200)
        let fields = lines.map { line in
            let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
            return (name: Array(line[..<colon]), value: Array(line[colon...].dropFirst().drop { $0 == UInt8(ascii: " ") }))
        }
        for field in fields { field.name.withUnsafeBytes { name in field.value.withUnsafeBytes { value in head.add(name, value) } } }
        head.finish(version: bytes.count % 8 == 0 ? "HTTP/1.0" : "HTTP/1.1")
        if head.isSound { check(head, fields) }
        for field in fields { check(String(decoding: field.value, as: UTF8.self)) }
        return 0
    }

    /// What a second server could not read in another way.
    private static func check(_ head: RequestHead, _ fields: [(name: [UInt8], value: [UInt8])]) {
        func values(_ name: String) -> [String] {
            fields.filter { String(decoding: $0.name, as: UTF8.self).lowercased() == name }.map { String(decoding: $0.value, as: UTF8.self) }
        }
        let lengths = values("content-length"), codings = values("transfer-encoding")
        holds(lengths.count + codings.count <= 1, "a body that is framed twice")
        holds(head.contentLength == lengths.first.flatMap { UInt64($0) }, "a length that is read as another one")
        holds(lengths.allSatisfy { $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }, "a length that is no number")
        holds(head.isChunked == !codings.isEmpty && codings.allSatisfy { $0.lowercased() == "chunked" }, "a coding that is taken for another one")
        holds(values("host").count <= 1, "two hosts")
        holds(head.all.count == fields.count, "a field that is lost")
        for (name, value) in head.all {
            holds(!name.isEmpty && !name.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: ":") || $0 >= 0x7F }, "a name that is none")
            holds(!value.utf8.contains { $0 == 0 || $0 == 0x0D || $0 == 0x0A }, "a value of two lines")
        }
        holds(head.values("host") == values("host") && head.first("Host") == values("host").first, "a field that is not found")
    }

    /// What Kit reads from the values of fields.
    private static func check(_ value: String) {
        if let list = EntityTagList(value) {
            let text = list.isAny ? "*" : list.tags.map { ($0.isWeak ? "W/" : "") + "\"\($0.opaque)\"" }.joined(separator: ", ")
            holds(EntityTagList(text) == list, "a list of tags that is another one when it is written again")
            holds(list.isAny || !list.tags.isEmpty, "a list without a tag")
        }
        if let match = IfMatch(value) { _ = match.revisions }
        if let trace = Trace(traceparent: value) { holds(Trace(traceparent: trace.traceparent) == trace, "a trace that is another one when it is written again") }
    }
}
