// The getters: each says what it takes and what a client reads when it is not that.
extension JSONFields {
    /// A string of `length` Unicode scalars.
    public mutating func string(_ name: String, length: ClosedRange<Int>) -> String { text(name, length, required: true) ?? "" }
    /// The same, nil when it is absent or null.
    public mutating func optionalString(_ name: String, length: ClosedRange<Int>) -> String? { text(name, length, required: false) }

    private mutating func text(_ name: String, _ length: ClosedRange<Int>, required: Bool) -> String? {
        guard let text = read(name, required: required, "a string", \.stringValue) else { return nil }
        return checked(text, length) { fail(name, $0) }
    }

    private func checked(_ text: String, _ length: ClosedRange<Int>, _ fail: (String) -> Void) -> String? {
        let count = text.unicodeScalars.count
        if count < length.lowerBound { fail(count == 0 ? "must not be empty" : "must have at least \(length.lowerBound) characters"); return nil }
        if count > length.upperBound { fail("must have at most \(length.upperBound) characters"); return nil }
        return text
    }

    /// An integer of `range`.
    public mutating func int(_ name: String, in range: ClosedRange<Int>) -> Int { integer(name, range, required: true) ?? range.lowerBound }
    /// The same, nil when it is absent or null.
    public mutating func optionalInt(_ name: String, in range: ClosedRange<Int>) -> Int? { integer(name, range, required: false) }

    private mutating func integer(_ name: String, _ range: ClosedRange<Int>, required: Bool) -> Int? {
        read(name, required: required, "an integer from \(range.lowerBound) to \(range.upperBound)") { value in
            value.intValue.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A number of `range`.
    public mutating func double(_ name: String, in range: ClosedRange<Double>) -> Double { number(name, range, required: true) ?? range.lowerBound }
    /// The same, nil when it is absent or null.
    public mutating func optionalDouble(_ name: String, in range: ClosedRange<Double>) -> Double? { number(name, range, required: false) }

    private mutating func number(_ name: String, _ range: ClosedRange<Double>, required: Bool) -> Double? {
        read(name, required: required, "a number from \(range.lowerBound) to \(range.upperBound)") { value in
            value.doubleValue.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A boolean.
    public mutating func bool(_ name: String) -> Bool { read(name, required: true, "true or false", \.boolValue) ?? false }
    /// The same, nil when it is absent or null.
    public mutating func optionalBool(_ name: String) -> Bool? { read(name, required: false, "true or false", \.boolValue) }

    /// One of the values of an enumeration; nil when it is wrong, and then `finish` throws.
    public mutating func choice<E: RawRepresentable & CaseIterable>(_ name: String, _ type: E.Type) -> E? where E.RawValue == String {
        oneOf(name, type, required: true)
    }
    /// The same, nil when it is absent or null.
    public mutating func optionalChoice<E: RawRepresentable & CaseIterable>(_ name: String, _ type: E.Type) -> E? where E.RawValue == String {
        oneOf(name, type, required: false)
    }

    private mutating func oneOf<E: RawRepresentable & CaseIterable>(_ name: String, _: E.Type, required: Bool) -> E? where E.RawValue == String {
        let names = E.allCases.map { $0.rawValue }.joined(separator: ", ")
        return read(name, required: required, "one of \(names)") { $0.stringValue.flatMap(E.init(rawValue:)) }
    }

    /// What `make` makes of a string, an id for instance; `expected` is how a message names it. Nil when it is wrong, and then `finish` throws.
    public mutating func parsed<T>(_ name: String, _ expected: String, _ make: (String) -> T?) -> T? {
        read(name, required: true, expected) { $0.stringValue.flatMap(make) }
    }
    /// The same, nil when it is absent or null.
    public mutating func optionalParsed<T>(_ name: String, _ expected: String, _ make: (String) -> T?) -> T? {
        read(name, required: false, expected) { $0.stringValue.flatMap(make) }
    }

    /// An array of strings.
    public mutating func strings(_ name: String, count: ClosedRange<Int>, length: ClosedRange<Int>) -> [String] {
        texts(name, count, length, required: true) ?? []
    }
    /// The same, nil when it is absent or null.
    public mutating func optionalStrings(_ name: String, count: ClosedRange<Int>, length: ClosedRange<Int>) -> [String]? {
        texts(name, count, length, required: false)
    }

    private mutating func texts(_ name: String, _ count: ClosedRange<Int>, _ length: ClosedRange<Int>, required: Bool) -> [String]? {
        guard let values = elements(name, count, required: required) else { return nil }
        return values.enumerated().map { index, value in
            guard let text = value.stringValue else { fail("\(name)", index, "must be a string"); return "" }
            return checked(text, length) { fail(name, index, $0) } ?? ""
        }
    }

    private mutating func fail(_ name: String, _ index: Int, _ detail: String) { inner(name, "/\(index)", .object(JSONObject())) { $0.failSelf(detail) } }

    private mutating func elements(_ name: String, _ count: ClosedRange<Int>, required: Bool) -> [JSONValue]? {
        guard let values = read(name, required: required, "an array", \.arrayValue) else { return nil }
        guard count.contains(values.count) else {
            fail(name, "must have \(count.lowerBound) to \(count.upperBound) elements")
            return nil
        }
        return values
    }

    /// An object, read by `body`; nil when it is not there or no object, and then `finish` throws.
    public mutating func object<T>(_ name: String, _ body: (inout JSONFields) -> T) -> T? {
        present(name, required: true).map { inner(name, "", $0, body) }
    }
    /// The same, nil when it is absent or null.
    public mutating func optionalObject<T>(_ name: String, _ body: (inout JSONFields) -> T) -> T? {
        present(name, required: false).map { inner(name, "", $0, body) }
    }

    /// An array of objects, each read by `body`.
    public mutating func array<T>(_ name: String, count: ClosedRange<Int>, _ body: (inout JSONFields) -> T) -> [T] {
        (elements(name, count, required: true) ?? []).enumerated().map { index, value in inner(name, "/\(index)", value, body) }
    }
    /// The same, nil when it is absent or null.
    public mutating func optionalArray<T>(_ name: String, count: ClosedRange<Int>, _ body: (inout JSONFields) -> T) -> [T]? {
        elements(name, count, required: false)?.enumerated().map { index, value in inner(name, "/\(index)", value, body) }
    }
}
