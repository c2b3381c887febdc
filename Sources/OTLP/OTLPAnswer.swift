internal import JSON

/// `ExportTraceServiceResponse` in OTLP's JSON encoding.
enum OTLPAnswer {
    /// How many spans a collector that took the batch did not want, and why. An answer that cannot be read says nothing.
    static func rejected(in body: [UInt8]) -> (Int, String) {
        guard let part = try? JSONValue.parse(body)["partialSuccess"] else { return (0, "") }
        let count = part["rejectedSpans"]
        return (count?.intValue ?? count?.stringValue.flatMap { Int($0) } ?? 0, part["errorMessage"]?.stringValue ?? "")
    }
}
