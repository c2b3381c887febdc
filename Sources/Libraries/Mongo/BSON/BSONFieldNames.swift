/// Fields by their paths, `["ownerId", "draft.notes"]`, prepared once to be compared as bytes. A path goes through arrays without an index.
public struct BSONFieldNames: Sendable, ExpressibleByArrayLiteral {
    private struct Entry: Sendable {
        let name: [UInt8]
        var inner: BSONFieldNames?   // nil: the field itself is meant
    }
    private var entries: [Entry] = []

    /// What a field is to these names.
    enum Match { case none, whole, within(BSONFieldNames) }

    /// No names.
    static let none = BSONFieldNames([])

    /// Of these paths.
    public init(_ paths: [String]) {
        for path in paths { insert(path.split(separator: ".").map { Array($0.utf8) }) }
    }

    /// Of these paths.
    public init(arrayLiteral paths: String...) { self.init(paths) }

    private mutating func insert(_ path: [[UInt8]]) {
        guard let name = path.first else { return }
        let rest = Array(path.dropFirst())
        let at = entries.firstIndex { $0.name == name } ?? entries.count
        if at == entries.count { entries.append(Entry(name: name, inner: rest.isEmpty ? nil : BSONFieldNames([]))) }
        if rest.isEmpty { entries[at].inner = nil } else { entries[at].inner?.insert(rest) }
    }

    /// Compares a name that is in a document, as it is stored there.
    @inline(__always) func match(_ name: UnsafeRawBufferPointer) -> Match {
        if entries.isEmpty { return .none }
        for entry in entries where entry.name.count == name.count && entry.name.elementsEqual(name) {
            return entry.inner.map { .within($0) } ?? .whole
        }
        return .none
    }
}
