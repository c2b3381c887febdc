extension Timestamp {
    /// Reads RFC 3339 with `Z` or an offset, up to nine digits of a second (cut to microseconds). Nil for anything else, the 31st of June included.
    public init?(rfc3339 text: String) {
        var text = text
        guard let microseconds = text.withUTF8(parse) else { return nil }
        self.init(microseconds: microseconds)
        // An offset can lead out of the years that four digits can write.
        guard Timestamp.writable.contains(self) else { return nil }
    }
}

private func parse(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard text.count >= 20, text[4] == 0x2D, text[7] == 0x2D, text[10] | 0x20 == 0x74, text[13] == 0x3A, text[16] == 0x3A,
          let year = number(text[0..<4]), let month = number(text[5..<7]), let day = number(text[8..<10]),
          let hour = number(text[11..<13]), let minute = number(text[14..<16]), let second = number(text[17..<19]),
          1...12 ~= month, day >= 1, day <= daysInMonth(year, month), hour < 24, minute < 60, second < 60
    else { return nil }
    var at = 19
    var micros: Int64 = 0
    if text[at] == 0x2E {
        let start = at + 1
        at = start
        while at < text.count, 0x30...0x39 ~= text[at] { at += 1 }
        guard 1...9 ~= at - start else { return nil }
        for place in 0..<6 { micros = micros * 10 + (start + place < at ? Int64(text[start + place]) - 48 : 0) }
    }
    guard let offset = offset(text[at...]) else { return nil }
    let seconds = days(fromYear: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    return seconds * 1_000_000 + micros
}

/// Seconds east of Greenwich.
private func offset(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
    let from = text.startIndex
    guard let first = text.first else { return nil }
    if first | 0x20 == 0x7A { return text.count == 1 ? 0 : nil }
    guard first == 0x2B || first == 0x2D, text.count == 6, text[from + 3] == 0x3A,
          let hours = number(text[from + 1..<from + 3]), let minutes = number(text[from + 4..<from + 6]), hours < 24, minutes < 60
    else { return nil }
    return (hours * 3600 + minutes * 60) * (first == 0x2D ? -1 : 1)
}

private func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
    var number: Int64 = 0
    for digit in digits {
        guard 0x30...0x39 ~= digit else { return nil }
        number = number * 10 + Int64(digit - 48)
    }
    return number
}

private func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}
