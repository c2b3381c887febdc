/// One event of a `text/event-stream` (HTML Living Standard, section 9.2).
public struct ServerSentEvent: Sendable, Hashable {
    /// Comes back as `Last-Event-ID` when the client connects again; nil leaves the one before.
    public let id: String?
    /// What the client listens for; nil is `message`.
    public let name: String?
    /// What it says, in any number of lines.
    public let data: String

    /// An event. Line breaks and NULs, which would end a field, are dropped from `id` and `name`; in `data` every kind of line break arrives as a
    /// line feed.
    public init(id: String? = nil, name: String? = nil, data: String) {
        self.id = id.map(Self.oneLine)
        self.name = name.map(Self.oneLine)
        self.data = data
    }

    private static func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0 }, as: UTF8.self)
    }

    /// As it goes over the wire.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.utf8.count + 64)
        if let id { bytes += Array("id: \(id)\n".utf8) }
        if let name { bytes += Array("event: \(name)\n".utf8) }
        bytes += Array("data: ".utf8)
        var isAfterReturn = false
        for byte in data.utf8 {
            if byte == 0x0D || (byte == 0x0A && !isAfterReturn) {
                bytes += Array("\ndata: ".utf8)
            } else if byte != 0x0A {
                bytes.append(byte)
            }
            isAfterReturn = byte == 0x0D
        }
        bytes += [0x0A, 0x0A]
        return bytes
    }
}
