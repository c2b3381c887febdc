public import Kit
internal import JSON

/// What other services ask the enrollments service.
public struct EnrollmentsClient: Sendable {
    private let transport: any ServiceTransport
    public init(_ transport: any ServiceTransport) { self.transport = transport }

    /// Whether a grant of the user on the course is active now.
    public func hasAccess(_ user: UserID, to course: String) async throws -> Bool {
        let answer = try await transport.call(ServiceCall("GET", "enrollments", "/internal/v1/users/\(user)/courses/\(course)/access"))
        return try answer.fields(from: "enrollments") { $0.bool("granted") }
    }

    /// The second at which the user left a lecture; 0 when it was never played.
    public func position(of user: UserID, in lecture: String, of course: String) async throws -> Int {
        let path = "/internal/v1/users/\(user)/courses/\(course)/lectures/\(lecture)/position"
        let answer = try await transport.call(ServiceCall("GET", "enrollments", path))
        return try answer.fields(from: "enrollments") { $0.int("positionSeconds", in: 0...86_400) }
    }
}
