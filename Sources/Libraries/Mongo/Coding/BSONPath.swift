/// Where an encoder or a decoder is: names and indexes, joined by dots for errors.
struct BSONPath {
    private(set) var keys: [any CodingKey] = []

    func appending(_ key: any CodingKey) -> BSONPath {
        var path = self
        path.keys.append(key)
        return path
    }

    func error(_ reason: BSONError.Reason) -> BSONError { BSONError(path: text, reason) }

    var text: String { keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".") }
}

/// The place of a value in an array, and the name that a type's superclass is encoded under.
struct BSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ index: Int) {
        stringValue = String(index)
        intValue = index
    }

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) { self.init(intValue) }

    static let superclass = BSONKey(stringValue: "super")
}
