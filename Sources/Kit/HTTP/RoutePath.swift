/// The path of a route: `/v1/courses/{courseId}/draft`, `/s/{token}/{file...}`.
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
        for (index, segment) in segments.enumerated() {
            guard !segment.isEmpty else { return nil }
            if segment.hasPrefix("{"), segment.hasSuffix("}") {
                let isRest = segment.hasSuffix("...}")
                let name = String(segment.dropFirst().dropLast(isRest ? 4 : 1))
                guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber }), !parameters.contains(name) else { return nil }
                guard !isRest || index == segments.count - 1 else { return nil }
                parameters.append(name)
                shape += isRest ? "/{...}" : "/{}"
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
