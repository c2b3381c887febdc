/// What can write itself as one JSON value.
public protocol JSONWritable {
    /// Writes exactly one value.
    func write(to json: inout JSONWriter)
}

extension JSONWritable {
    /// The value as bytes of JSON.
    public var jsonBuffer: Buffer {
        var json = JSONWriter()
        write(to: &json)
        return json.finish()
    }
}

// A name and its value in one call; an optional that is nil is written as null.
extension JSONWriter {
    public mutating func field(_ name: StaticString, _ value: String) { self.name(name); string(value) }
    public mutating func field(_ name: StaticString, _ value: Int) { self.name(name); int(value) }
    public mutating func field(_ name: StaticString, _ value: Double) { self.name(name); double(value) }
    public mutating func field(_ name: StaticString, _ value: Bool) { self.name(name); bool(value) }
    public mutating func field(_ name: StaticString, _ value: some JSONWritable) { self.name(name); value.write(to: &self) }

    public mutating func field(_ name: StaticString, _ value: String?) {
        self.name(name)
        if let value { string(value) } else { null() }
    }
    public mutating func field(_ name: StaticString, _ value: Int?) {
        self.name(name)
        if let value { int(value) } else { null() }
    }
    public mutating func field(_ name: StaticString, _ value: Double?) {
        self.name(name)
        if let value { double(value) } else { null() }
    }
    public mutating func field(_ name: StaticString, _ value: Bool?) {
        self.name(name)
        if let value { bool(value) } else { null() }
    }
    public mutating func field(_ name: StaticString, _ value: (some JSONWritable)?) {
        self.name(name)
        if let value { value.write(to: &self) } else { null() }
    }
    /// An array of strings.
    public mutating func field(_ name: StaticString, _ values: [String]) {
        self.name(name)
        beginArray()
        for value in values { string(value) }
        endArray()
    }
    /// An array.
    public mutating func field(_ name: StaticString, _ values: [some JSONWritable]) {
        self.name(name)
        beginArray()
        for value in values { value.write(to: &self) }
        endArray()
    }
    /// An object whose fields `body` writes.
    public mutating func object(_ name: StaticString, _ body: (inout JSONWriter) throws -> Void) rethrows {
        self.name(name)
        beginObject()
        try body(&self)
        endObject()
    }
    /// An array whose values `body` writes.
    public mutating func array(_ name: StaticString, _ body: (inout JSONWriter) throws -> Void) rethrows {
        self.name(name)
        beginArray()
        try body(&self)
        endArray()
    }
    /// A value of any shape.
    public mutating func value(_ value: JSONValue) { value.write(to: &self) }
}
