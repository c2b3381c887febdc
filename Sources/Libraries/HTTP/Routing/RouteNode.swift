/// One segment of a route's template.
enum RouteSegment {
    case literal([UInt8])
    case parameter

    init(_ text: String) { self = text.hasPrefix("{") && text.hasSuffix("}") ? .parameter : .literal(Array(text.utf8)) }
}

/// A tree of segments. It is built before the server starts and then only read.
struct RouteNode: Sendable {
    /// A look-up on its way, and what it has found.
    struct Search {
        var parameters: [String] = []
        var end: RouteEnd?
        var isMalformed = false
    }

    private var literals: [(segment: [UInt8], node: RouteNode)] = []
    private var parameter: [RouteNode] = []   // none or one: a struct cannot hold itself
    private var end = RouteEnd()

    /// False when the method has a route here already.
    mutating func insert(_ segments: ArraySlice<RouteSegment>, _ route: Router.Route) -> Bool {
        guard let first = segments.first else { return end.insert(route) }
        let others = segments.dropFirst()
        switch first {
        case .parameter:
            if parameter.isEmpty { parameter.append(RouteNode()) }
            return parameter[0].insert(others, route)
        case .literal(let segment):
            if let index = literals.firstIndex(where: { $0.segment == segment }) { return literals[index].node.insert(others, route) }
            literals.append((segment, RouteNode()))
            return literals[literals.count - 1].node.insert(others, route)
        }
    }

    /// Depth first: the literal, then the parameter. True when `search.end` is set. `start` is where the next segment of `path` begins, behind its
    /// slash; past the end when there is none.
    @discardableResult
    func find(_ path: UnsafeBufferPointer<UInt8>, from start: Int, _ search: inout Search) -> Bool {
        guard start <= path.count else {
            guard !end.isEmpty else { return false }
            search.end = end
            return true
        }
        var stop = start
        while stop < path.count, path[stop] != UInt8(ascii: "/") { stop += 1 }
        let segment = UnsafeBufferPointer(rebasing: path[start..<stop])
        for index in literals.indices where Self.isSame(literals[index].segment, segment) {
            if literals[index].node.find(path, from: stop + 1, &search) { return true }
        }
        guard !parameter.isEmpty, !segment.isEmpty, let value = Self.decode(segment, &search) else { return false }
        search.parameters.append(value)
        if parameter[0].find(path, from: stop + 1, &search) { return true }
        search.parameters.removeLast()
        return false
    }

    private static func isSame(_ literal: [UInt8], _ segment: UnsafeBufferPointer<UInt8>) -> Bool {
        literal.count == segment.count && literal.withUnsafeBufferPointer { $0.elementsEqual(segment) }
    }

    private static func decode(_ segment: UnsafeBufferPointer<UInt8>, _ search: inout Search) -> String? {
        if let value = percentDecoded(segment), value != ".", value != "..", !value.utf8.contains(UInt8(ascii: "/")) { return value }
        search.isMalformed = true
        return nil
    }
}

/// The routes of one path, by method.
struct RouteEnd: Sendable {
    private var routes: [Router.Route] = []

    var isEmpty: Bool { routes.isEmpty }

    mutating func insert(_ route: Router.Route) -> Bool {
        guard self.route(route.method) == nil else { return false }
        routes.append(route)
        return true
    }

    func route(_ method: String) -> Router.Route? { routes.first { $0.method == method } }

    /// For the `allow` header: sorted, HEAD wherever GET is.
    var allowedMethods: [String] {
        var methods = Set(routes.map(\.method))
        if methods.contains("GET") { methods.insert("HEAD") }
        return methods.sorted()
    }
}
