/// What a server answered. Any status is an answer.
public struct CurlResponse: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The fields of the head, in their order.
    public let headers: [HeaderField]
    /// The body as it came.
    public let body: [UInt8]

    /// The first field of that name, in any case.
    public func header(_ name: String) -> String? { headers.first { $0.isNamed(name) }?.value }
}
