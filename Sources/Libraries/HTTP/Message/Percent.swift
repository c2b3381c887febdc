import JSON

/// Percent-decodes one path segment, or one name or value of a query. Nil for a broken escape, a NUL, or bytes that are not UTF-8 afterwards.
func percentDecoded(_ text: some Collection<UInt8>, plusIsSpace: Bool = false) -> String? {
    // Most have nothing to decode.
    let isPlain = !text.contains { $0 == UInt8(ascii: "%") || $0 == 0 || ($0 == UInt8(ascii: "+") && plusIsSpace) }
    if isPlain, let known = text.withContiguousStorageIfAvailable({ String(validating: $0, as: UTF8.self) }) { return known }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.underestimatedCount)
    var rest = text.makeIterator()
    while let byte = rest.next() {
        switch byte {
        case UInt8(ascii: "%"):
            guard let high = rest.next().flatMap(Hex.value), let low = rest.next().flatMap(Hex.value) else { return nil }
            bytes.append(high << 4 | low)
        case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
        default: bytes.append(byte)
        }
    }
    if bytes.contains(0) { return nil }
    return String(validating: bytes, as: UTF8.self)
}
