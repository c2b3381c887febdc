import Kit
import Mongo
import Postgres
import Stores
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
}
