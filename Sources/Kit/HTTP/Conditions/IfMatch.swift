/// What an edit was made from: the `If-Match` field of a request.
public struct IfMatch: Sendable, Hashable {
    private let list: EntityTagList

    /// Nil when the field is not a list of entity tags.
    public init?(_ field: String) {
        guard let list = EntityTagList(field) else { return nil }
        self.list = list
    }

    /// Whether a thing with this tag may be changed: strong comparison, `*` allows any.
    public func allows(_ current: ETag) -> Bool {
        list.isAny || list.tags.contains { !$0.isWeak && $0.opaque == current.opaque }
    }

    /// Throws 412 when a thing with this tag may not be changed.
    public func check(_ current: ETag) throws(Problem) {
        guard allows(current) else { throw .preconditionFailed() }
    }

    /// Throws 412 when a thing of this revision may not be changed.
    public func check(revision: Int) throws(Problem) { try check(ETag(revision: revision)) }

    /// The revisions that may be changed, for a statement's WHERE; nil when any may.
    public var revisions: [Int]? {
        list.isAny ? nil : list.tags.filter { !$0.isWeak }.compactMap { Int($0.opaque) }
    }
}

/// What a client has already: the `If-None-Match` field of a request.
public struct IfNoneMatch: Sendable, Hashable {
    private let list: EntityTagList

    /// Nil when the field is not a list of entity tags.
    public init?(_ field: String) {
        guard let list = EntityTagList(field) else { return nil }
        self.list = list
    }

    /// Whether the client has what carries this tag: weak comparison, `*` has any.
    public func has(_ current: ETag) -> Bool {
        list.isAny || list.tags.contains { $0.opaque == current.opaque }
    }
}
