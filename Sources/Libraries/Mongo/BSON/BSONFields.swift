public import JSON

/// What a field must be to be picked. Each form goes out as `BSONView.write` writes it.
public enum BSONForm: Sendable {
    /// Text, or an array of texts.
    case string, strings
    /// A whole number or any number, however it is stored; true or false.
    case int, double, bool
    /// An instant, a UUID.
    case date, uuid
}

/// The fields of a document, picked one by one: what nobody asks for goes nowhere.
///
/// A look-up goes on where the last one ended, so fields that are asked for in the order in which they lie are found at once. These, and those of the
/// documents inside, are lent like the view that they come from: not to be used after it.
public struct BSONFields: ~Copyable {
    private var elements: BSONElements
    private let path: String

    init(_ document: UnsafeRawBufferPointer, path: String) throws(BSONError) {
        elements = try BSONElements(document)
        self.path = path
    }

    // MARK: - To JSON

    /// Writes the field under its name, or another one. Throws when there is none or it has another form.
    public mutating func write(_ name: StaticString, _ form: BSONForm, as jsonName: StaticString? = nil, to json: inout JSONWriter) throws(BSONError) {
        let element = try required(name, form)
        json.name(jsonName ?? name)
        do throws(BSONError) { try BSONJSON.write(element, to: &json) } catch { throw placed(error, name) }
    }

    /// The same for a field that may be missing or null: it is written as null.
    public mutating func writeOptional(_ name: StaticString, _ form: BSONForm, as jsonName: StaticString? = nil, to json: inout JSONWriter) throws(BSONError) {
        guard try has(name) else {
            json.name(jsonName ?? name)
            return json.null()
        }
        try write(name, form, as: jsonName, to: &json)
    }

    /// Writes the field as an object, of which `body` writes the fields.
    public mutating func writeObject(
        _ name: StaticString, to json: inout JSONWriter, _ body: (inout BSONFields, inout JSONWriter) throws -> Void
    ) throws {
        var inner = try document(name)
        json.name(name)
        json.beginObject()
        try body(&inner, &json)
        json.endObject()
    }

    /// The same for a field that may be missing or null: it is written as null.
    public mutating func writeOptionalObject(
        _ name: StaticString, to json: inout JSONWriter, _ body: (inout BSONFields, inout JSONWriter) throws -> Void
    ) throws {
        if try has(name) { return try writeObject(name, to: &json, body) }
        json.name(name)
        json.null()
    }

    /// Writes the field, an array of documents, as an array of objects, of each of which `body` writes the fields.
    public mutating func writeObjects(
        _ name: StaticString, to json: inout JSONWriter, _ body: (inout BSONFields, inout JSONWriter) throws -> Void
    ) throws {
        let array = try required(name, BSONElement.Code.array, .array)
        json.name(name)
        json.beginArray()
        var inner = try BSONElements(array.value), index = 0
        while let element = try inner.next() {
            do {
                guard element.type == BSONElement.Code.document else { throw BSONError(path: "", .kind(expected: .document, found: element.kind)) }
                var fields = try BSONFields(element.value, path: "")
                json.beginObject()
                try body(&fields, &json)
                json.endObject()
            } catch let error as BSONError { throw placed(error.under(String(index)), name) }
            index += 1
        }
        json.endArray()
    }

    // MARK: - To values

    /// Whether there is such a field, and it is not null.
    public mutating func has(_ name: StaticString) throws(BSONError) -> Bool {
        guard let element = try find(name) else { return false }
        return element.type != BSONElement.Code.null
    }

    /// Text.
    public mutating func string(_ name: StaticString) throws(BSONError) -> String { String(decoding: try required(name, .string).text, as: UTF8.self) }

    /// The fields of a document in this one.
    public mutating func document(_ name: StaticString) throws(BSONError) -> BSONFields {
        let inner = try required(name, BSONElement.Code.document, .document)
        return try BSONFields(inner.value, path: path.isEmpty ? "\(name)" : "\(path).\(name)")
    }

    // MARK: - Finding

    private mutating func find(_ name: StaticString) throws(BSONError) -> BSONElement? {
        let begun = elements.at
        while let element = try elements.next() { if element.isNamed(name) { return element } }
        elements.rewind()
        while elements.at < begun, let element = try elements.next() { if element.isNamed(name) { return element } }
        return nil
    }

    private mutating func required(_ name: StaticString, _ type: UInt8, _ kind: BSONValue.Kind) throws(BSONError) -> BSONElement {
        guard let element = try find(name) else { throw placed(BSONError(path: "", .missing), name) }
        guard element.type == type else { throw placed(BSONError(path: "", .kind(expected: kind, found: element.kind)), name) }
        return element
    }

    private mutating func required(_ name: StaticString, _ form: BSONForm) throws(BSONError) -> BSONElement {
        guard let element = try find(name) else { throw placed(BSONError(path: "", .missing), name) }
        do throws(BSONError) { try form.check(element) } catch { throw placed(error, name) }
        return element
    }

    private func placed(_ error: BSONError, _ name: StaticString) -> BSONError {
        let error = error.under("\(name)")
        return path.isEmpty ? error : error.under(path)
    }
}

extension BSONForm {
    fileprivate func check(_ element: BSONElement) throws(BSONError) {
        if self == .strings, element.type == BSONElement.Code.array {
            var (elements, index) = (try BSONElements(element.value), 0)
            while let element = try elements.next() {
                do throws(BSONError) { try BSONForm.string.check(element) } catch { throw error.under(String(index)) }
                index += 1
            }
        } else if !isForm(of: element) {
            throw BSONError(path: "", .kind(expected: kind, found: element.kind))
        }
    }

    private func isForm(of element: BSONElement) -> Bool {
        switch self {
        case .string: element.type == BSONElement.Code.string
        case .strings: false
        case .int: element.isInteger || element.type == BSONElement.Code.double && Int(exactly: element.number(Double.self)) != nil
        case .double: element.isInteger || element.type == BSONElement.Code.double
        case .bool: element.type == BSONElement.Code.bool
        case .date: element.type == BSONElement.Code.date
        case .uuid: element.uuid != nil
        }
    }

    private var kind: BSONValue.Kind {
        switch self {
        case .string: .string
        case .strings: .array
        case .int: .int64
        case .double: .double
        case .bool: .bool
        case .date: .date
        case .uuid: .uuid
        }
    }
}
