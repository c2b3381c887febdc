public import JSON
import Linux

/// What one confined process may use. More than any honest file needs, less than hurts the machine.
public struct ConfinementLimits: Sendable, Hashable {
    public var memoryBytes = 3 << 30
    public var cpuSeconds: Int
    /// From its start to the signal that ends it.
    public var wallSeconds: Int
    /// Of any one file it writes.
    public var fileBytes = 1 << 30
    public var openFiles = 64

    public init(cpuSeconds: Int, wallSeconds: Int) {
        self.cpuSeconds = cpuSeconds
        self.wallSeconds = wallSeconds
    }

    /// For reading a file of so many bytes from end to end.
    public static func probe(bytes: Int) -> ConfinementLimits {
        ConfinementLimits(cpuSeconds: 60 + bytes / (20 << 20), wallSeconds: 120 + bytes / (5 << 20))
    }

    /// For making a stream of what was probed: ten times what it costs here, for slower machines and harder pictures.
    public static func package(_ report: ProbeReport) -> ConfinementLimits {
        // What a report says comes from a process that read a stranger's file: it gets no more than the largest file that is taken.
        let seconds = min((Double(report.durationMilliseconds) + Double(report.leadMilliseconds)) / 1000, ProbeLimits().seconds)
        let pixels = report.video.map { Double($0.width * $0.height) / (1280 * 720) } ?? 1
        let cost = seconds * max(0.2, min(pixels, 9)) * max(1, min(report.video?.frameRate ?? 30, 120) / 30)
        let expected = Int(cost)
        return ConfinementLimits(cpuSeconds: 120 + 10 * expected, wallSeconds: 240 + 20 * expected)
    }

    var resources: ResourceLimits {
        ResourceLimits(addressSpace: memoryBytes, cpuSeconds: cpuSeconds, fileSize: fileBytes, openFiles: openFiles)
    }
}

extension ConfinementLimits: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("memoryBytes", memoryBytes)
        json.field("cpuSeconds", cpuSeconds)
        json.field("wallSeconds", wallSeconds)
        json.field("fileBytes", fileBytes)
        json.field("openFiles", openFiles)
        json.endObject()
    }

    init(from fields: inout JSONFields) {
        self.init(cpuSeconds: fields.int("cpuSeconds", in: 1...Int(Int32.max)), wallSeconds: fields.int("wallSeconds", in: 1...Int(Int32.max)))
        memoryBytes = fields.int("memoryBytes", in: 1...Int.max)
        fileBytes = fields.int("fileBytes", in: 1...Int.max)
        openFiles = fields.int("openFiles", in: 8...100_000)
    }
}
