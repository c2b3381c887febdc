import Telemetry

/// IMF-fixdate (RFC 9110, 5.6.7): `Sat, 21 Nov 2026 13:40:36 GMT`.
func httpDate(_ time: Timestamp) -> String {
    let text = time.rfc3339
    let parts = text.prefix(10).split(separator: "-")
    guard parts.count == 3, let month = Int(parts[1]), 1...12 ~= month else { return text }
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]   // 1970-01-01 was a Thursday
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let day = Int(((time.unixSeconds / 86_400) % 7 + 7) % 7)
    return "\(days[day]), \(parts[2]) \(months[month - 1]) \(parts[0]) \(text.dropFirst(11).prefix(8)) GMT"
}
