internal import Loop

/// A statement with its parameters written `$1`, `$2`, … Declare each as a `static let`: it is prepared once a connection and then only executed.
public struct Statement: Sendable, Hashable {
    /// The text as the server sees it: one statement, no semicolon needed.
    public let sql: String
    /// It changes nothing, so a call whose connection is lost may be made again; the caller does not notice.
    public let isReadOnly: Bool
    /// It reads what may be some moments old, so a replica may answer it where the pool has one. Implies `isReadOnly`.
    public let mayLag: Bool
    /// The same for equal texts; nil: parsed anew each time.
    let id: Int?

    /// A statement that is prepared at its first use on a connection. Mark it read-only only when running it twice is the same as running it once.
    public init(_ sql: String, isReadOnly: Bool = false, mayLag: Bool = false) {
        self.sql = sql
        self.isReadOnly = isReadOnly || mayLag
        self.mayLag = mayLag
        id = StatementRegistry.shared.withLock { $0.id(of: sql) }
    }

    private init(once sql: String) {
        self.sql = sql
        isReadOnly = false
        mayLag = false
        id = nil
    }

    /// A statement whose text is made at run time (a DDL command, a name that cannot be a parameter): it leaves nothing prepared behind.
    public static func once(_ sql: String) -> Statement { Statement(once: sql) }

    /// Two statements are equal when their texts and marks are.
    public static func == (left: Statement, right: Statement) -> Bool {
        left.sql == right.sql && left.isReadOnly == right.isReadOnly && left.mayLag == right.mayLag
    }

    /// By the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(sql) }
}

/// The numbers of the texts that this process prepares. Bounded: a program that makes texts at run time by mistake gets slower, not larger.
struct StatementRegistry {
    static let shared = Locked(StatementRegistry())
    static let limit = 4096

    private var ids: [String: Int] = [:]

    mutating func id(of sql: String) -> Int? {
        if let id = ids[sql] { return id }
        guard ids.count < StatementRegistry.limit else { return nil }
        ids[sql] = ids.count
        return ids.count - 1
    }
}
