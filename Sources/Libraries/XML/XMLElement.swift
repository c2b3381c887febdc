/// An element of a small XML document that another program wrote: its name without prefix, its own text, and what is in it. Attributes are left out.
public struct XMLElement: Sendable, Equatable {
    /// The name, without the prefix of a namespace.
    public let name: String
    /// All text that is directly in it, entities decoded, as it stands.
    public internal(set) var text: String
    /// The elements directly in it, in their order.
    public internal(set) var children: [XMLElement]

    init(name: String) {
        self.name = name
        text = ""
        children = []
    }

    /// The root of a document. Refused are a document type (so no entities of the document's own), more than 64 elements in each other, and what
    /// is not well-formed.
    public init(parsing bytes: [UInt8]) throws(XMLError) { self = try DocumentReader().read(bytes) }

    /// The first element of that name directly in it.
    public func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The text of the first element of that name directly in it.
    public subscript(name: String) -> String? { child(name)?.text }
}

/// Why a text is no document that is taken.
public struct XMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The reason, and where.
    public let description: String
}
