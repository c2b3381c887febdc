/// The head of a request, copied out of the connection so that it stays whatever becomes of the client.
///
/// What two servers in a row could read differently is refused here (RFC 9112, sections 2.2, 3.2, 5 and 6): libmicrohttpd 0.9 lets it pass.
struct RequestHead: Sendable {
    private struct Field {
        var start: Int
        var nameEnd: Int
        var valueEnd: Int
    }
    private var bytes: [UInt8] = []
    private var fields: [Field] = []

    /// False when the connection cannot be trusted to have been read right: it is answered with 400 and closed.
    private(set) var isSound = true
    private(set) var contentLength: UInt64?
    private(set) var isChunked = false
    private(set) var expectsContinue = false
    private var hosts = 0

    init() {
        bytes.reserveCapacity(512)
        fields.reserveCapacity(12)
    }

    /// Whether anything may follow the head.
    var hasBody: Bool { isChunked || contentLength ?? 0 > 0 }

    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        if name.isEmpty || !name.allSatisfy(isToken) || value.contains(where: { $0 == 0 || $0 == 0x0D || $0 == 0x0A }) { isSound = false }
        switch name.count {
        case 4 where equals(name, "host"):
            hosts += 1
            if !value.allSatisfy(isHostCharacter) { isSound = false }
        case 6 where equals(name, "expect"):
            expectsContinue = equals(value, "100-continue")
        case 14 where equals(name, "content-length"):
            addLength(value)
        case 17 where equals(name, "transfer-encoding"):
            if isChunked || contentLength != nil || !equals(value, "chunked") { isSound = false }
            isChunked = true
        default: break
        }
        let start = bytes.count
        bytes.append(contentsOf: name)
        let nameEnd = bytes.count
        bytes.append(contentsOf: value)
        fields.append(Field(start: start, nameEnd: nameEnd, valueEnd: bytes.count))
    }

    private mutating func addLength(_ value: UnsafeRawBufferPointer) {
        if contentLength != nil || isChunked || value.isEmpty { isSound = false }
        var length: UInt64 = 0
        for digit in value {
            let (shifted, isOver) = length.multipliedReportingOverflow(by: 10)
            guard 0x30...0x39 ~= digit, !isOver, shifted < UInt64.max - 9 else {
                isSound = false
                break
            }
            length = shifted + UInt64(digit - 0x30)
        }
        contentLength = length
    }

    /// All fields have been added. `version` is what stood in the request line.
    mutating func finish(version: String) {
        if hosts > 1 || (hosts == 0 && version != "HTTP/1.0") { isSound = false }
        if isChunked && version == "HTTP/1.0" { isSound = false }
    }

    /// The request line was not what it seemed.
    mutating func refuse() { isSound = false }

    /// The values of a field in their order.
    func values(_ name: StaticString) -> [String] { fields.filter { isNamed($0, name) }.map(value) }

    /// The first value of a field.
    func first(_ name: StaticString) -> String? { fields.first { isNamed($0, name) }.map(value) }

    /// All fields in their order, names as they were sent.
    var all: [(name: String, value: String)] {
        fields.map { (String(decoding: bytes[$0.start..<$0.nameEnd], as: UTF8.self), value($0)) }
    }

    private func isNamed(_ field: Field, _ name: StaticString) -> Bool {
        field.nameEnd - field.start == name.utf8CodeUnitCount && bytes[field.start..<field.nameEnd].withUnsafeBytes { equals($0, name) }
    }

    private func value(_ field: Field) -> String { String(decoding: bytes[field.nameEnd..<field.valueEnd], as: UTF8.self) }
}

/// Whether the bytes are `other` without regard to ASCII case. Both are lowered: callers write `Content-Length` and `content-length`.
private func equals(_ bytes: UnsafeRawBufferPointer, _ other: StaticString) -> Bool {
    guard bytes.count == other.utf8CodeUnitCount else { return false }
    let start = other.utf8Start
    for index in 0..<bytes.count where lowercased(bytes[index]) != lowercased(start[index]) { return false }
    return true
}

/// RFC 9110, section 5.6.2.
private func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
}

/// RFC 3986, section 3.2.2, with the port; no user information.
private func isHostCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x3B, 0x41...0x5B, 0x61...0x7A, 0x21, 0x24...0x2E, 0x3D, 0x5D, 0x5F, 0x7E: true
    default: false
    }
}
