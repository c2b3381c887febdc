/// The bytes of one line. Telemetry lies below everything and writes its own few kinds of JSON.
struct LogLine {
    private(set) var bytes: [UInt8] = []

    /// A line that begins with the moment.
    init(at time: Timestamp) {
        bytes.reserveCapacity(512)
        bytes.append(contentsOf: #"{"time":""#.utf8)
        append(count: 24) { time.write(to: $0) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Fields that stand on many lines, to be appended to each of them.
    init() {}

    mutating func add(_ name: StaticString, _ value: LogValue) {
        begin(name)
        switch value {
        case .string(let text): string(text)
        case .int(let number): bytes.append(contentsOf: String(number).utf8)
        case .double(let number): bytes.append(contentsOf: (number.isFinite ? number.description : "null").utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        }
    }

    /// A text that needs no escape.
    mutating func add(_ name: StaticString, _ text: StaticString) {
        begin(name)
        bytes.append(UInt8(ascii: "\""))
        append(text)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Numbers as hexadecimal digits.
    mutating func addHexadecimal(_ name: StaticString, _ numbers: UInt64...) {
        begin(name)
        bytes.append(UInt8(ascii: "\""))
        for number in numbers {
            append(count: 16) { space in
                if let start = space.baseAddress { writeHexadecimal(number, to: start) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func append(_ fields: LogLine) { bytes.append(contentsOf: fields.bytes) }

    consuming func finish() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func begin(_ name: StaticString) {
        bytes.append(UInt8(ascii: ","))
        bytes.append(UInt8(ascii: "\""))
        append(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func append(count: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { space in
            write(space)
            bytes.append(contentsOf: UnsafeBufferPointer(space))
        }
    }

    /// At most 8 KiB of a value: a log line is no place for a document.
    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var cut = text.utf8.count > 8192 ? String(decoding: text.utf8.prefix(8192), as: UTF8.self) + "…" : text
        cut.withUTF8 { text in
            if text.contains(where: Self.needsEscape) { escape(text) } else { bytes.append(contentsOf: text) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20, 0x7F: bytes.append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: bytes.append(byte)
            }
        }
    }
}
