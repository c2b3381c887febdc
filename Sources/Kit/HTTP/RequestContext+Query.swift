import HTTP

// Parameters of the query. A value that is wrong is 422 with the pointer `?name`, a query that cannot be read is 400.
extension RequestContext {
    /// The value of a parameter, nil when it is absent or empty. Throws 422 when it is there twice.
    public func query(_ name: String) throws(Problem) -> String? {
        let values = try queryAll(name)
        guard values.count < 2 else { throw .query(name, "may be given once only") }
        return values.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The values of a parameter that may be given several times.
    public func queryAll(_ name: String) throws(Problem) -> [String] {
        guard let items = queryItems else { throw .malformed("The query cannot be decoded.") }
        return items.filter { $0.name == name }.map(\.value)
    }

    /// A text of `length` Unicode scalars, nil when it is absent or empty.
    public func queryString(_ name: String, length: ClosedRange<Int>) throws(Problem) -> String? {
        guard let text = try query(name) else { return nil }
        guard length.contains(text.unicodeScalars.count) else {
            throw .query(name, "must have \(length.lowerBound) to \(length.upperBound) characters")
        }
        return text
    }

    /// A whole number of `range`, nil when it is absent.
    public func queryInt(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = try query(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .query(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One of the values of an enumeration, nil when it is absent.
    public func queryChoice<E: RawRepresentable & CaseIterable>(_ name: String, _: E.Type = E.self) throws(Problem) -> E? where E.RawValue == String {
        guard let text = try query(name) else { return nil }
        guard let value = E(rawValue: text) else {
            throw .query(name, "must be one of \(E.allCases.map { $0.rawValue }.joined(separator: ", "))")
        }
        return value
    }

    /// The ids of a comma-separated list, at most `max` of them; empty when it is absent.
    public func queryIDs<T>(_ name: String, max: Int = 100) throws(Problem) -> [ID<T>] {
        let texts = try queryAll(name).flatMap { $0.split(separator: ",") }
        let ids = texts.compactMap { ID<T>($0) }
        guard ids.count == texts.count, ids.count <= max else { throw .query(name, "must be at most \(max) ids, separated by commas") }
        return ids
    }

    /// The part of a list that `limit` and `cursor` ask for.
    public func page(max: Int = 100, default: Int = 20) throws(Problem) -> PageRequest {
        let limit = try queryInt("limit", in: 1...max) ?? `default`
        guard let text = try query("cursor") else { return PageRequest(limit: limit) }
        return PageRequest(limit: limit, cursor: try Cursor(decoding: text))
    }
}

extension Problem {
    /// 422 about one parameter of the query.
    public static func query(_ name: String, _ detail: String) -> Problem { .invalid([FieldError(pointer: "?\(name)", detail: detail)]) }
}
