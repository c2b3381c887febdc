import Glibc

/// The parameters of one call as libpq takes them: pointers, lengths and formats, all in one piece of memory that lives for the call.
enum ParameterArena {
    /// What the protocol can count.
    static let maximumCount = 65_535
    /// More in one call is a mistake: a file belongs into the object store.
    static let maximumBytes = 256 << 20

    typealias Values = UnsafeMutablePointer<UnsafePointer<CChar>?>
    typealias Numbers = UnsafeMutablePointer<CInt>

    /// Why these parameters cannot be sent, whatever the server.
    static func refusal(of parameters: [Parameter]) -> PostgresError? {
        guard parameters.count <= maximumCount else {
            return PostgresError(.protocol, "\(parameters.count) parameters are more than \(maximumCount)", sqlState: "54000")
        }
        var bytes = 0
        for parameter in parameters {
            bytes += parameter.wireSize ?? 0
            if parameter.hasNUL { return PostgresError(.protocol, "a text with a NUL cannot be stored", sqlState: "22021") }
        }
        guard bytes <= maximumBytes else {
            return PostgresError(.protocol, "\(bytes) bytes of parameters are more than \(maximumBytes)", sqlState: "54000")
        }
        return nil
    }

    /// Encodes and calls `body`; the pointers end with it.
    static func withEncoded<R>(_ parameters: [Parameter], _ body: (CInt, Values?, Numbers?, Numbers?) -> R) -> R {
        let count = parameters.count
        guard count > 0 else { return body(0, nil, nil, nil) }
        let size = parameters.reduce(1) { $0 + ($1.wireSize ?? 0) + 1 }   // a text ends with a NUL
        return withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { arena in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                withUnsafeTemporaryAllocation(of: CInt.self, capacity: count * 2) { numbers in
                    guard let start = arena.baseAddress, let lengths = numbers.baseAddress, let pointers = values.baseAddress else {
                        return body(0, nil, nil, nil)
                    }
                    let formats = lengths + count
                    var wire = WireWriter(at: start)
                    for (index, parameter) in parameters.enumerated() {
                        let from = wire.place
                        parameter.write(to: &wire)
                        let value = UnsafePointer(from.assumingMemoryBound(to: CChar.self))
                        pointers.advanced(by: index).initialize(to: parameter.wireSize == nil ? nil : value)
                        lengths[index] = CInt(wire.place - from)
                        formats[index] = parameter.fitsAnyType ? 0 : 1
                        wire.integer(UInt8(0))
                    }
                    return body(CInt(count), pointers, lengths, formats)
                }
            }
        }
    }
}

extension Parameter {
    fileprivate var hasNUL: Bool {
        switch self {
        case .text(let text): text.utf8.contains(0)
        case .textArray(let texts): texts.contains { $0?.utf8.contains(0) ?? false }
        default: false
        }
    }
}
