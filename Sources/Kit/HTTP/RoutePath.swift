/// The path of a route: `/v1/courses/{courseId}/draft`.
struct RoutePath: Sendable, Hashable {
    /// As declared: the label of metrics and logs.
    let template: String
    /// Names in braces, in order.
    let parameters: [String]
    /// The same for every path that matches the same requests.
    let shape: String

    /// Nil when the path does not begin with `/`, has an empty segment, a brace out of place, or a name twice.
    init?(_ template: String) {
        guard template.hasPrefix("/") else { return nil }
        var parameters: [String] = []
        var shape = ""
        let segments = template == "/" ? [] : template.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for segment in segments {
            guard !segment.isEmpty else { return nil }
            if segment.hasPrefix("{"), segment.hasSuffix("}") {
                let name = String(segment.dropFirst().dropLast())
                guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber }), !parameters.contains(name) else { return nil }
                parameters.append(name)
                shape += "/{}"
            } else {
                guard !segment.contains("{"), !segment.contains("}") else { return nil }
                shape += "/\(segment)"
            }
        }
        self.template = template
        self.parameters = parameters
        self.shape = shape
    }
}
