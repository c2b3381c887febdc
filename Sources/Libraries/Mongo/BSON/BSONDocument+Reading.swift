public import Telemetry

// Fields by path: `draft.title` is the field `title` of the document `draft`. Errors name the whole path.
extension BSONDocument {
    /// The value at `path`, which may go through documents and, by index, arrays; nil when there is none.
    public func value(_ path: String) -> BSONValue? {
        if let direct = self[path] { return direct }
        var found: BSONValue = .document(self)
        for name in path.split(separator: ".", omittingEmptySubsequences: false) {
            switch found {
            case .document(let inner):
                guard let next = inner[String(name)] else { return nil }
                found = next
            case .array(let values):
                guard let index = Int(name), values.indices.contains(index) else { return nil }
                found = values[index]
            default: return nil
            }
        }
        return found
    }

    /// Text.
    public func string(_ path: String) throws(BSONError) -> String { try required(path, .string) { $0.stringValue } }
    /// An integer, however it is stored: a double counts when it is whole.
    public func int(_ path: String) throws(BSONError) -> Int { try required(path, .int64) { $0.intValue } }
    /// A number, however it is stored.
    public func double(_ path: String) throws(BSONError) -> Double { try required(path, .double) { $0.doubleValue } }
    /// True or false.
    public func bool(_ path: String) throws(BSONError) -> Bool { try required(path, .bool) { $0.boolValue } }
    /// An instant, to the millisecond.
    public func date(_ path: String) throws(BSONError) -> Timestamp { try required(path, .date) { $0.dateValue } }
    /// A UUID.
    public func uuid(_ path: String) throws(BSONError) -> UUID16 { try required(path, .uuid) { $0.uuidValue } }
    /// An id that MongoDB made.
    public func objectID(_ path: String) throws(BSONError) -> BSONObjectID { try required(path, .objectID) { $0.objectIDValue } }
    /// Bytes.
    public func binary(_ path: String) throws(BSONError) -> [UInt8] { try required(path, .binary) { $0.binaryValue } }
    /// Values.
    public func array(_ path: String) throws(BSONError) -> [BSONValue] { try required(path, .array) { $0.arrayValue } }
    /// A document in this one. Errors of what is read from it name their path from there on: `document(_:read:)` names all of it.
    public func document(_ path: String) throws(BSONError) -> BSONDocument { try required(path, .document) { $0.documentValue } }

    /// Text; nil when the field is missing or null.
    public func optionalString(_ path: String) throws(BSONError) -> String? { try isAbsent(path) ? nil : string(path) }
    /// An integer; nil when the field is missing or null.
    public func optionalInt(_ path: String) throws(BSONError) -> Int? { try isAbsent(path) ? nil : int(path) }
    /// A number; nil when the field is missing or null.
    public func optionalDouble(_ path: String) throws(BSONError) -> Double? { try isAbsent(path) ? nil : double(path) }
    /// True or false; nil when the field is missing or null.
    public func optionalBool(_ path: String) throws(BSONError) -> Bool? { try isAbsent(path) ? nil : bool(path) }
    /// An instant; nil when the field is missing or null.
    public func optionalDate(_ path: String) throws(BSONError) -> Timestamp? { try isAbsent(path) ? nil : date(path) }
    /// A UUID; nil when the field is missing or null.
    public func optionalUUID(_ path: String) throws(BSONError) -> UUID16? { try isAbsent(path) ? nil : uuid(path) }
    /// Bytes; nil when the field is missing or null.
    public func optionalBinary(_ path: String) throws(BSONError) -> [UInt8]? { try isAbsent(path) ? nil : binary(path) }
    /// Values; nil when the field is missing or null.
    public func optionalArray(_ path: String) throws(BSONError) -> [BSONValue]? { try isAbsent(path) ? nil : array(path) }
    /// A document; nil when the field is missing or null.
    public func optionalDocument(_ path: String) throws(BSONError) -> BSONDocument? { try isAbsent(path) ? nil : document(path) }

    /// Whether there is nothing at `path`, or null.
    public func isAbsent(_ path: String) -> Bool { value(path).map { $0 == .null } ?? true }

    private func required<T>(_ path: String, _ kind: BSONValue.Kind, _ read: (BSONValue) -> T?) throws(BSONError) -> T {
        guard let value = value(path) else { throw BSONError(path: path, .missing) }
        guard let result = read(value) else { throw BSONError(path: path, .kind(expected: kind, found: value.kind)) }
        return result
    }
}

// What is inside, read by a closure whose errors get the outer path in front.
extension BSONDocument {
    /// What `read` makes of the document at `path`.
    public func document<T>(_ path: String, read: (BSONDocument) throws -> T) throws -> T {
        let inner = try document(path)
        return try BSONDocument.reading(path) { try read(inner) }
    }

    /// What `read` makes of the document at `path`; nil when the field is missing or null.
    public func optionalDocument<T>(_ path: String, read: (BSONDocument) throws -> T) throws -> T? {
        try isAbsent(path) ? nil : document(path, read: read)
    }

    /// What `read` makes of each document of the array at `path`.
    public func documents<T>(_ path: String, read: (BSONDocument) throws -> T) throws -> [T] {
        try values(path, .document) { $0.documentValue }.enumerated().map { index, inner in
            try BSONDocument.reading("\(path).\(index)") { try read(inner) }
        }
    }

    /// The strings of the array at `path`.
    public func strings(_ path: String) throws(BSONError) -> [String] { try values(path, .string) { $0.stringValue } }

    /// The UUIDs of the array at `path`.
    public func uuids(_ path: String) throws(BSONError) -> [UUID16] { try values(path, .uuid) { $0.uuidValue } }

    private func values<T>(_ path: String, _ kind: BSONValue.Kind, _ read: (BSONValue) -> T?) throws(BSONError) -> [T] {
        var results: [T] = []
        for (index, value) in try array(path).enumerated() {
            guard let result = read(value) else { throw BSONError(path: "\(path).\(index)", .kind(expected: kind, found: value.kind)) }
            results.append(result)
        }
        return results
    }

    private static func reading<T>(_ path: String, _ read: () throws -> T) throws -> T {
        do { return try read() } catch let error as BSONError { throw error.under(path) }
    }
}
