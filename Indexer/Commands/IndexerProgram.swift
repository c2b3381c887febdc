import Courses
import Curl
import Glibc
import Kit
import Loop
import Mongo
import Search
import Telemetry

/// What a verb runs in: configuration, a loop, MongoDB, the search engine, and an ear for SIGTERM.
enum IndexerProgram {
    /// Runs `work`, says what came of it, and gives the exit code.
    static func run(_ verb: String, _ work: @escaping @Sendable (IndexJob) async throws -> Outcome) async throws -> Int32 {
        Signals.block()
        signal(SIGPIPE, SIG_IGN)
        let loops = LoopGroup(count: 1, name: "indexer")
        let configuration = ConfigurationReader(environment: ConfigurationReader.processEnvironment)
        do {
            let setup = try IndexerSetup(configuration, loops: loops)
            let begun = Timestamp.now
            let outcome = try await loops.run {
                let ear = Task(executorPreference: Loop.current) {
                    _ = try await Signals.next()
                    setup.job.stop.request()
                }
                defer { ear.cancel() }
                do {
                    let outcome = try await work(setup.job)
                    await setup.close()
                    return outcome
                } catch {
                    await setup.close()
                    throw error
                }
            }
            let seconds = Timestamp.now - begun
            if let file = setup.metricsFile { try MetricsFile(path: file).write(outcome, of: verb, seconds: seconds) }
            CommandLineTable.writeOut("\(verb): \(outcome.summary), \(tenths(seconds)) s\n")
            return outcome.isEqual ? 0 : 3
        } catch let error as ConfigurationError {
            throw CommandLineRefusal(error.description, verb: [verb])
        }
    }

    private static func tenths(_ seconds: Double) -> String { "\(Int(seconds * 10) / 10).\(Int(seconds * 10) % 10)" }
}

/// The clients of a run, made from its configuration. Talks to nobody yet.
struct IndexerSetup: Sendable {
    let job: IndexJob
    let metricsFile: String?
    private static let mongo = ["mongodb", "mongodb+srv"], http = ["http", "https"]
    private let mongo: MongoPool
    private let curl: CurlClient

    init(_ configuration: ConfigurationReader, loops: LoopGroup) throws {
        let courses = configuration.scoped(to: CoursesService.name), search = configuration.scoped(to: SearchService.name)
        // As the services read them; an error names the plain variable.
        let store = try courses.optionalURL("MONGO_URL", schemes: Self.mongo) ?? configuration.url("MONGO_URL", schemes: Self.mongo)
        let engine = try search.optionalURL("ELASTICSEARCH_URL", schemes: Self.http) ?? configuration.url("ELASTICSEARCH_URL", schemes: Self.http)
        mongo = try MongoPool(MongoConfiguration(uri: store.text, threads: 4))
        curl = CurlClient(loops)
        let database = try courses.string("MONGO_DATABASE", default: MongoListings.defaultDatabase)
        let alias = try search.string("SEARCH_ALIAS", default: IndexDefinition.alias)
        let index = ElasticCourseIndex(ElasticClient(engine.text, curl: curl), alias: alias)
        metricsFile = try configuration.optionalString("INDEXER_METRICS_FILE")
        let state = MongoIndexerState(mongo, database: database, alias: index.alias)
        let lease = try configuration.int("INDEXER_LEASE_SECONDS", default: 20, in: 1...600)
        job = IndexJob(source: MongoListings(mongo, database: database), index: index, state: state, leaseMilliseconds: lease * 1000)
    }

    func close() async {
        await curl.close()
        await mongo.close()
    }
}
