public import Kit
import Loop
public import Mongo
public import Postgres

extension ServiceContext {
    /// The service's PostgreSQL (`LYCEUM_POSTGRES_URL`, or `LYCEUM_<SERVICE>_POSTGRES_URL`), and a replica of it for reads that may lag where
    /// there is one (`…_POSTGRES_REPLICA_URL`). A statement may take `…_POSTGRES_STATEMENT_TIMEOUT`, and wait `…_POSTGRES_POOL_WAIT` for a
    /// connection before. Connects when it is first asked something.
    public func postgres() throws -> PostgresPool {
        var settings = PostgresConfiguration()
        settings.applicationName = "lyceum \(service)"
        settings.connectionsPerLoop = try configuration.int(
            "POSTGRES_CONNECTIONS", default: Self.connectionsPerLoop(loops: loops.loops.count), in: 1...100)
        settings.statementTimeout = UInt64(try configuration.milliseconds("POSTGRES_STATEMENT_TIMEOUT", default: 5000, in: 1...600_000))
        settings.poolWait = UInt64(try configuration.milliseconds("POSTGRES_POOL_WAIT", default: 2000, in: 1...600_000))
        let url = try configuration.url("POSTGRES_URL", schemes: ["postgresql", "postgres"])
        settings.replicaURL = try configuration.optionalURL("POSTGRES_REPLICA_URL", schemes: ["postgresql", "postgres"])?.text
        return try PostgresPool(url: url.text, settings, on: loops, log: log)
    }

    /// About 32 connections a service, however many cores there are: PostgreSQL's own limit counts all of them.
    static func connectionsPerLoop(loops: Int) -> Int { max(2, min(4, 32 / loops)) }

    /// The service's MongoDB (`LYCEUM_MONGO_URL`). An operation may wait `…_MONGO_POOL_WAIT` for one of `…_MONGO_THREADS`. Connects when it is first
    /// asked something.
    public func mongo() throws -> MongoPool {
        let url = try configuration.url("MONGO_URL", schemes: ["mongodb", "mongodb+srv"])
        var settings = MongoConfiguration(uri: url.text)
        settings.threads = try configuration.int("MONGO_THREADS", default: 8, in: 1...64)
        settings.waitMilliseconds = try configuration.milliseconds("MONGO_POOL_WAIT", default: settings.waitMilliseconds, in: 1...600_000)
        MongoLog.send(to: log)
        return try MongoPool(settings)
    }
}
