internal import HTTP
internal import JSON

/// The first answer to a request, as it is kept and given again.
public struct KeptAnswer: Sendable {
    /// Header fields that belong to the answer and not to its way: these are kept.
    private static let names: [StaticString] = [
        "content-type", "location", "etag", "cache-control", "tus-resumable", "upload-offset", "upload-expires",
    ]

    private static let known = Set(names.map(\.description))

    /// 200 to 299: what was refused had no effect, and is decided anew.
    public let status: Int
    /// `name: value`, a line each.
    public let headers: String
    /// The bytes.
    public let body: [UInt8]

    /// An answer as a store keeps it.
    public init(status: Int, headers: String, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// What a handler answers. Throws when that is no success, or not made of bytes: a mistake of the handler.
    init(_ response: Response) throws {
        guard 200...299 ~= response.status else { throw Unkeepable(reason: "status \(response.status)") }
        switch response.body {
        case .none: body = []
        case .bytes(let buffer): body = buffer.array
        case .file, .stream: throw Unkeepable(reason: "a body that is not bytes")
        }
        status = response.status
        headers = response.headers.filter { Self.known.contains($0.name.description) }.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    }

    /// The answer once more; it says of itself that it was kept.
    var response: Response {
        var fields: [(name: StaticString, value: String)] = []
        for line in headers.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":"), let name = Self.names.first(where: { $0.description == line[..<colon] }) else { continue }
            fields.append((name, String(line[colon...].dropFirst(2))))
        }
        return Response(status: status, headers: fields + [("idempotency-replayed", "true")], body: body.isEmpty ? .none : .bytes(Buffer(body)))
    }

    private struct Unkeepable: Error { let reason: String }
}
