import Glibc

/// An instant in UTC, to the microsecond, as PostgreSQL keeps it.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }
    /// `seconds` since 1970-01-01T00:00:00Z.
    public init(unixSeconds seconds: Int64) { microseconds = seconds * 1_000_000 }

    /// The years 0 to 9999 in UTC: RFC 3339 has no others.
    public static let writable = Timestamp(microseconds: -62_167_219_200_000_000)..<Timestamp(microseconds: 253_402_300_800_000_000)

    /// The machine's clock. Rules take the time as an argument instead.
    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public var unixSeconds: Int64 { floorDivide(microseconds, 1_000_000).quotient }

    public func adding(seconds: Double) -> Timestamp { Timestamp(microseconds: microseconds + Int64(seconds * 1_000_000)) }
    /// Seconds from the second to the first.
    public static func - (left: Timestamp, right: Timestamp) -> Double { Double(left.microseconds - right.microseconds) / 1_000_000 }
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
    public var description: String { rfc3339 }

    /// RFC 3339 in UTC with milliseconds: `2026-11-21T13:40:36.123Z`, always 24 characters. For `writable` times only.
    public var rfc3339: String {
        String(unsafeUninitializedCapacity: 24) { text in
            write(to: text)
            return 24
        }
    }

    /// Writes the 24 characters of `rfc3339` to `text`, which has room for them.
    public func write(to text: UnsafeMutableBufferPointer<UInt8>) {
        let (seconds, micros) = floorDivide(microseconds, 1_000_000)
        let (days, secondOfDay) = floorDivide(seconds, 86_400)
        let (year, month, day) = civil(fromDays: days)
        Telemetry.write(year, 4, text, 0); text[4] = 0x2D
        Telemetry.write(month, 2, text, 5); text[7] = 0x2D
        Telemetry.write(day, 2, text, 8); text[10] = 0x54
        Telemetry.write(secondOfDay / 3600, 2, text, 11); text[13] = 0x3A
        Telemetry.write(secondOfDay / 60 % 60, 2, text, 14); text[16] = 0x3A
        Telemetry.write(secondOfDay % 60, 2, text, 17); text[19] = 0x2E
        Telemetry.write(micros / 1000, 3, text, 20); text[23] = 0x5A
    }

    /// IMF-fixdate, as heads of HTTP (RFC 9110, 5.6.7) and mail (RFC 5322, 3.3) carry it: `Sat, 21 Nov 2026 13:40:36 GMT`. `zone` is how UTC is written.
    public func imfFixdate(zone: String = "GMT") -> String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]   // 1970-01-01 was a Thursday
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let days = floorDivide(unixSeconds, 86_400).quotient
        let (weekday, month) = (weekdays[Int(floorDivide(days, 7).remainder)], months[Int(civil(fromDays: days).1) - 1])
        let text = rfc3339
        return "\(weekday), \(text.dropFirst(8).prefix(2)) \(month) \(text.prefix(4)) \(text.dropFirst(11).prefix(8)) \(zone)"
    }
}

private func write(_ number: Int64, _ digits: Int, _ text: UnsafeMutableBufferPointer<UInt8>, _ at: Int) {
    var rest = number
    for place in stride(from: at + digits - 1, through: at, by: -1) {
        text[place] = UInt8(48 + rest % 10)
        rest /= 10
    }
}

func floorDivide(_ number: Int64, _ by: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: by)
    return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder)
}

/// Year, month and day of a day counted from 1970-01-01 in the proleptic Gregorian calendar: the year begins in March, so that the leap day comes last.
private func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
    let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
}

/// The opposite of `civil(fromDays:)`.
func days(fromYear year: Int64, month: Int64, day: Int64) -> Int64 {
    let (era, yearOfEra) = floorDivide(month <= 2 ? year - 1 : year, 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}
