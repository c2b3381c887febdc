import JSON
import Kit

/// A place in a list of hits: behind the last hit of a page.
struct SearchPlace: Sendable, Equatable {
    /// The hit's sort values, as the engine gave them.
    let values: [JSONValue]
    /// Whether the list was made with misspellings.
    let isFuzzy: Bool

    static let strange = Problem.malformed("The cursor is not one that this list gave out.")
}

// A cursor is the order of its list, how the list was made, and the sort values: those of another order mean nothing to the engine.
extension SearchPlace {
    /// Throws 400 for what `cursor(in:)` did not write, and for a place in a list of another order.
    init(_ cursor: Cursor, in query: SearchQuery) throws(Problem) {
        let kind = try cursor.string(1), text = try cursor.string(2)
        guard try cursor.string(0) == Self.order(of: query), ["exact", "fuzzy"].contains(kind), cursor.parts.count == 3,
              let values = (try? JSONValue.parse(Array(text.utf8)))?.arrayValue, 1...5 ~= values.count,
              values.allSatisfy({ $0.arrayValue == nil && $0.objectValue == nil })
        else { throw Self.strange }
        self.init(values: values, isFuzzy: kind == "fuzzy")
    }

    func cursor(in query: SearchQuery) -> Cursor {
        Cursor([Self.order(of: query), isFuzzy ? "fuzzy" : "exact", JSONValue.array(values).jsonBuffer.text])
    }

    /// With words hits are ordered by how well they fit them, too.
    private static func order(of query: SearchQuery) -> String {
        query.sort == .relevance && query.text != nil ? "score" : query.sort.rawValue
    }
}
