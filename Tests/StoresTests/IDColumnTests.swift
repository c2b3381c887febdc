import Kit
import Loop
import Mongo
import Postgres
@testable import Stores
import Telemetry
import TestKit
import Testing

@Suite("Ids and errors of stores")
struct IDColumnTests {
    @Test("an id is the same sixteen bytes in a parameter and in a document")
    func bytes() throws {
        let id = UserID()
        #expect(Parameter.id(id) == .uuid(id.uuid))
        #expect(Parameter.id(UserID?.none) == .null)
        let document: BSONDocument = ["owner": .id(id), "all": .ids([id]), "none": .id(UserID?.none)]
        #expect(try document.id("owner") == id)
        #expect(try document.ids("all") == [id])
        #expect(try document.optionalID("none", of: UserTag.self) == nil)
    }

    @Test("a database that is away is 503, a mistake of ours 500", arguments: [
        (PostgresError.Kind.connection, 503), (.timeout, 503), (.poolExhausted, 503), (.protocol, 500), (.server, 500),
    ])
    func problems(kind: PostgresError.Kind, status: Int) {
        #expect(PostgresError(kind, "x").problem.status == status)
    }

    @Test("four services together stay below PostgreSQL's 150 connections on up to sixteen cores", arguments: 1...16)
    func connections(cores: Int) {
        let each = ServiceContext.connectionsPerLoop(loops: cores)
        #expect((2...4).contains(each) && 4 * cores * each < 150)
    }

    @Test("a database that is full, out of memory or too slow is 503; a row it refuses 500", arguments: [
        (PostgresError.Kind.server, "53100", 503), (.server, "53200", 503), (.server, "55P03", 503), (.timeout, "57014", 503), (.server, "40001", 503),
        (.server, "23505", 500), (.server, "42P01", 500),
    ])
    func shortages(kind: PostgresError.Kind, state: String, status: Int) {
        let error = PostgresError(kind, "x", sqlState: state)
        #expect(error.problem.status == status)
        #expect(error.isRetriable == (status == 503))
        #expect(!PostgresError(kind, "x", sqlState: state, effect: .unknown).isRetriable)
    }

    @Test("what libmongoc has to say goes to the service's log")
    func mongoLog() async throws {
        let (sink, loops) = (MemorySink(), LoopGroup(count: 1, name: "stores-test"))
        let context = ServiceContext(
            service: "courses", loops: loops, log: Log(service: "courses", sink: sink),
            configuration: ConfigurationReader(environment: ["LYCEUM_MONGO_URL": "mongodb://127.0.0.1:1/?nonsense=1"]), transport: Nobody())
        let pool = try context.mongo()
        #expect(sink.lines.contains { $0.contains("libmongoc") && $0.contains("nonsense") && $0.contains("courses") })
        await pool.close()
        await loops.shutdown()
    }

    private struct Nobody: ServiceTransport {
        func call(_ call: ServiceCall) async throws(ServiceCallError) -> ServiceAnswer { throw ServiceCallError(service: call.service, kind: .unreachable) }
    }
}
