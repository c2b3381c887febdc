@testable import HTTP
@testable import Kit

/// The query of a target, and what is read from one of its values.
enum QueryInput {
    static func read(_ bytes: [UInt8]) -> CInt {
        guard let target = RequestTarget(Array("/?".utf8) + bytes), let query = target.query else { return 0 }
        guard let items = RequestTarget.items(of: query) else { return 0 }
        for item in items { holds(!item.name.utf8.contains(0) && !item.value.utf8.contains(0), "a NUL in a query") }
        let again = RequestTarget.items(of: items.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&"))
        holds(again?.count == items.count && again?.elementsEqual(items) { $0 == $1 } == true, "a query that is another one when it is written again")
        for item in items { check(item.value) }
        return 0
    }

    private static func check(_ value: String) {
        if let cursor = try? Cursor(decoding: value) {
            holds((try? Cursor(decoding: cursor.description)) == cursor, "a cursor that is another one when it comes back")
            for index in 0...cursor.parts.count {
                _ = try? cursor.int(index)
                _ = try? cursor.timestamp(index)
            }
        }
        if let id = UserID(value) { holds(UserID(id.description) == id, "an id that is another one when it is written again") }
    }
}
