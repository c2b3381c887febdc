public import Kit
public import Mongo
public import Postgres

extension PostgresError: ProblemConvertible {
    /// 503 when the database is away, slow or overloaded; 500 for everything that is our mistake.
    public var problem: Problem {
        switch kind {
        case .connection, .timeout, .poolExhausted, .cancelled: .unavailable("The database")
        case .server: isRetriable ? .unavailable("The database") : .internalError()
        case .protocol: .internalError()
        }
    }
}

extension MongoError: ProblemConvertible {
    /// 503 when the database is away, slow or overloaded; 500 for everything that is our mistake.
    public var problem: Problem {
        switch kind {
        case .connection, .timeout, .overloaded, .closed, .writeConcern: .unavailable("The database")
        default: isRetriable ? .unavailable("The database") : .internalError()
        }
    }
}
