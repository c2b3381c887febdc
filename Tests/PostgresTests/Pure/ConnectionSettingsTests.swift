import Testing
@testable import Postgres

@Suite("Connection URLs")
struct ConnectionSettingsTests {
    private func settings(_ url: String) throws(PostgresError) -> ConnectionSettings { try ConnectionSettings(url: url, .init()) }

    @Test("a URL is taken apart, and what it does not say is added")
    func parts() throws {
        let values = try settings("postgresql://anna:s%40fe@db.example:6432/courses?sslmode=verify-full&application_name=test").values
        #expect(values["user"] == "anna")
        #expect(values["password"] == "s@fe")
        #expect(values["host"] == "db.example")
        #expect(values["port"] == "6432")
        #expect(values["dbname"] == "courses")
        #expect(values["sslmode"] == "verify-full")
        #expect(values["application_name"] == "test")
        #expect(values["tcp_user_timeout"] == "10000")
        #expect(values["keepalives"] == "1")
        #expect(values["client_encoding"] == "UTF8")
        #expect(values["options"]?.contains("statement_timeout=5000") == true)
    }

    @Test("the URL's own options come last and win")
    func options() throws {
        let values = try settings("postgresql://h/d?options=-c%20statement_timeout%3D7").values
        #expect(values["options"]?.hasSuffix("-c statement_timeout=7") == true)
        #expect(try settings("postgresql://h/d?keepalives_idle=30").values["keepalives_idle"] == "30")
    }

    @Test("names are looked up, addresses and socket paths are not")
    func hosts() throws {
        #expect(try settings("postgresql://db.example/d").hosts.map(\.needsLookup) == [true])
        #expect(try settings("postgresql://127.0.0.1/d").hosts.map(\.needsLookup) == [false])
        #expect(try settings("postgresql://[::1]:5433/d").hosts == [.init(name: "::1", port: "5433")])
        #expect(try settings("host=/run/postgresql dbname=d").hosts.map(\.needsLookup) == [false])
        #expect(try settings("postgresql:///d").hosts == [])
    }

    @Test("several hosts keep their ports, and one with two addresses becomes two")
    func several() throws {
        let settings = try settings("postgresql://a.example:1,b.example:2/d?target_session_attrs=read-write")
        #expect(settings.hosts == [.init(name: "a.example", port: "1"), .init(name: "b.example", port: "2")])
        let resolved = settings.resolved([(settings.hosts[0], ["192.0.2.1", "2001:db8::1"]), (settings.hosts[1], ["192.0.2.2"])]).values
        #expect(resolved["host"] == "a.example,a.example,b.example")
        #expect(resolved["hostaddr"] == "192.0.2.1,2001:db8::1,192.0.2.2")
        #expect(resolved["port"] == "1,1,2")
        #expect(resolved["target_session_attrs"] == "read-write")
    }

    @Test("a password is in no text that is made of a URL, right or wrong", arguments: [
        "postgresql://anna:hunter2@db.example/courses", "postgresql://anna@db.example/courses?password=hunter2",
        "host=db.example password=hunter2 user=anna",
    ])
    func noPassword(url: String) throws {
        let settings = try settings(url)
        #expect(settings.values["password"] == "hunter2")
        for text in ["\(settings)", String(reflecting: settings), settings.description] { #expect(!text.contains("hunter2")) }
    }

    @Test("a URL that cannot be read is not repeated", arguments: [
        "postgresql://anna:hunter2@[::1/courses", "postgresql://anna:hunter2@db.example/courses?nosuch=1", "password=hunter2 nosuch=1",
        "anna:hunter2@db.example", "postgresql://anna:hunter2%zz@h/d", "postgresql://anna:hunter2\0@h/d",
    ])
    func wrong(url: String) throws {
        let error = #expect(throws: PostgresError.self) { try settings(url) }
        #expect(error.map { "\($0)".contains("hunter2") } == false)
        #expect(error?.kind == .connection)
    }
}
