/// What went wrong between this process and PostgreSQL. It holds no parameter, no row and no password.
public struct PostgresError: Error, Sendable, Equatable {
    /// Who should do something about it.
    public enum Kind: String, Sendable {
        /// No connection, or it was lost: the server is away, restarts, or refuses us.
        case connection
        /// The statement ran longer than it may, or no answer came in time.
        case timeout
        /// The server refused the statement: see `sqlState`.
        case server
        /// Too many wait for a connection: answer 503.
        case poolExhausted
        /// The task was cancelled.
        case cancelled
        /// The call itself is wrong: a transaction used after its end, a text with a NUL, an answer nobody asked for.
        case `protocol`
    }

    /// What is known of the statement's effect.
    public enum Effect: String, Sendable {
        /// The server never had it, or undid it.
        case none
        /// It may have happened: the answer is missing.
        case unknown
    }

    /// Who should do something about it.
    public let kind: Kind
    /// The five characters of the server's SQLSTATE.
    public let sqlState: String?
    /// The constraint that refused the row.
    public let constraint: String?
    /// The table it belongs to.
    public let table: String?
    /// The server's primary message without the values that it repeats (never its detail, which repeats more), or ours.
    public let message: String
    /// What is known of the statement's effect.
    public let effect: Effect
    /// The plan on that connection is older than the table: nothing ran, and a new plan will do.
    let isStalePlan: Bool

    /// An error from its parts.
    public init(_ kind: Kind, _ message: String, sqlState: String? = nil, constraint: String? = nil, table: String? = nil, effect: Effect = .none) {
        self.init(kind, message, sqlState: sqlState, constraint: constraint, table: table, effect: effect, isStalePlan: false)
    }

    init(_ kind: Kind, _ message: String, sqlState: String?, constraint: String?, table: String?, effect: Effect, isStalePlan: Bool) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
        self.constraint = constraint
        self.table = table
        self.effect = effect
        self.isStalePlan = isStalePlan
    }

    /// Two transactions were in each other's way (40001, 40P01): the whole transaction may be run again, and `withTransaction` has done so already.
    public var isConflict: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// Nothing has happened, and the same call may succeed a little later.
    public var isRetriable: Bool {
        guard effect == .none else { return false }
        return switch kind {
        case .connection, .poolExhausted, .timeout: true
        case .server: isConflict || isStalePlan || isShortOfSomething
        case .cancelled, .protocol: false
        }
    }

    /// A lock that was not to be had in time (55P03); no disk, memory or connections left (class 53).
    private var isShortOfSomething: Bool { sqlState == "55P03" || sqlState?.hasPrefix("53") == true }

    /// A row with the same key exists (23505), in `constraint` if one is named.
    public func isUniqueViolation(_ constraint: String? = nil) -> Bool { isViolation("23505", constraint) }
    /// The row that is referred to does not exist, or is still referred to (23503).
    public func isForeignKeyViolation(_ constraint: String? = nil) -> Bool { isViolation("23503", constraint) }
    /// A check refused the row (23514).
    public func isCheckViolation(_ constraint: String? = nil) -> Bool { isViolation("23514", constraint) }

    private func isViolation(_ state: String, _ name: String?) -> Bool {
        sqlState == state && (name == nil || name == constraint)
    }

    func with(_ effect: Effect) -> PostgresError {
        PostgresError(kind, message, sqlState: sqlState, constraint: constraint, table: table, effect: effect, isStalePlan: isStalePlan)
    }
}

extension PostgresError: CustomStringConvertible {
    /// Fit for a log line.
    public var description: String {
        var text = "PostgreSQL \(kind.rawValue)"
        if let sqlState { text += " \(sqlState)" }
        if let constraint { text += " (\(constraint))" }
        return text + ": " + message + (effect == .unknown ? " (it may have happened)" : "")
    }
}

extension PostgresError {
    static let cancelled = PostgresError(.cancelled, "the task was cancelled", effect: .unknown)
    /// The task's deadline was over before anything was sent.
    static let late = PostgresError(.timeout, "no time is left")
    static let closed = PostgresError(.connection, "the pool is closed")
    static let transactionOver = PostgresError(.protocol, "the transaction or session is over")

    /// From the fields of a server's error answer.
    static func server(state: String?, message: String, constraint: String?, table: String?, function: String?) -> PostgresError {
        let kind: Kind = switch state {
        case "57014": .timeout
        case .some(let state) where state.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05"].contains(state): .connection
        default: .server
        }
        let isStale = state == "26000" || (state == "0A000" && function == "RevalidateCachedQuery")
        return PostgresError(
            kind, state?.hasPrefix("22") == true ? withoutValue(message) : message, sqlState: state, constraint: constraint, table: table,
            effect: kind == .connection ? .unknown : .none, isStalePlan: isStale)
    }

    /// What the data exceptions (class 22) put into quotes is the value itself: `invalid input syntax for type uuid: "…"`.
    private static func withoutValue(_ message: String) -> String {
        guard let first = message.firstIndex(of: "\""), let last = message.lastIndex(of: "\""), first < last else { return message }
        return message[...first] + "…" + message[last...]
    }
}
