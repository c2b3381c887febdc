import Glibc
import Testing

@testable import Kit

@Suite struct ConfigurationReaderTests {
    private func reader(_ environment: [String: String], service: String? = nil, files: [String: String] = [:]) -> ConfigurationReader {
        ConfigurationReader(environment: environment, service: service) { path in
            guard let text = files[path] else { throw MountedFile.ReadError(description: "No such file or directory") }
            return Array(text.utf8)
        }
    }

    @Test("a service's own variable goes before the general one") func override() throws {
        let reader = reader(["LYCEUM_POSTGRES_URL": "postgres://a/all", "LYCEUM_USERS_POSTGRES_URL": "postgres://a/users"])
        #expect(try reader.scoped(to: "users").url("POSTGRES_URL", schemes: ["postgres"]).text == "postgres://a/users")
        #expect(try reader.scoped(to: "media").url("POSTGRES_URL", schemes: ["postgres"]).text == "postgres://a/all")
        #expect(try reader.url("POSTGRES_URL", schemes: ["postgres"]).text == "postgres://a/all")
    }

    @Test("the environment of the process is read as it is")
    func process() throws {
        let path = try #require(getenv("PATH"))
        #expect(ConfigurationReader.processEnvironment["PATH"] == String(cString: path))
    }

    @Test("a mounted file holds a value, without the line break at its end") func file() throws {
        let reader = reader(["LYCEUM_MAIL_KEY_FILE": "/run/secrets/mail"], files: ["/run/secrets/mail": "swordfish\n"])
        #expect(try reader.secret("MAIL_KEY").reveal() == "swordfish")
        let entry = try #require(reader.entries.first)
        #expect(entry == ConfigurationEntry(variable: "LYCEUM_MAIL_KEY", value: "•••", source: .file("/run/secrets/mail")))
    }

    @Test("a service's file goes before the general variable") func fileOverride() throws {
        let reader = reader(["LYCEUM_NAME": "all", "LYCEUM_USERS_NAME_FILE": "/f"], service: "users", files: ["/f": "own"])
        #expect(try reader.string("NAME") == "own")
    }

    @Test("a variable and its file at once are refused")
    func both() {
        let reader = reader(["LYCEUM_NAME": "a", "LYCEUM_NAME_FILE": "/f"], files: ["/f": "b"])
        #expect(throws: ConfigurationError(key: "LYCEUM_NAME", "is set, and so is LYCEUM_NAME_FILE: set one of them")) { try reader.string("NAME") }
    }

    @Test("an error is one line that names the variable and what is expected there") func errors() {
        let reader = reader(
            [
                "LYCEUM_PORT": "abc", "LYCEUM_URL": "http//x", "LYCEUM_LEVEL": "loud", "LYCEUM_ON": "yes", "LYCEUM_WAIT": "3 days",
                "LYCEUM_KEY_FILE": "/no",
            ], service: "users")
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return "no error"
        }
        #expect(message { _ = try reader.port("PORT") } == "LYCEUM_PORT: \"abc\" is not a whole number from 1 to 65535")
        #expect(message { _ = try reader.url("URL", schemes: ["http", "https"]) } == "LYCEUM_URL: is not a URL http://… or https://…")
        #expect(message { _ = try reader.choice("LEVEL", Role.self) } == "LYCEUM_LEVEL: \"loud\" is not one of student, instructor, support, admin")
        #expect(message { _ = try reader.bool("ON", default: true) } == "LYCEUM_ON: \"yes\" is not true or false")
        #expect(message { _ = try reader.milliseconds("WAIT") }.hasPrefix("LYCEUM_WAIT: \"3 days\" is not a time from 0 to 86400000 ms"))
        #expect(message { _ = try reader.string("KEY") } == "LYCEUM_KEY_FILE: cannot read /no: No such file or directory")
        #expect(message { _ = try reader.string("NONE") } == "LYCEUM_USERS_NONE: is not set; expected is a text")
        #expect(message { _ = try reader.secret("PORT") } == "no error")
    }

    @Test("the value of a secret is in no error") func secretError() {
        let reader = reader(["LYCEUM_DB": "swordfish://x"])
        let error = #expect(throws: ConfigurationError.self) { try reader.url("DB", schemes: ["postgres"]) }
        #expect(error.map { !"\($0)".contains("swordfish") } == true)
    }

    @Test(
        "times are read with their unit",
        arguments: [("1500", 1500), ("1500ms", 1500), ("1.5s", 1500), ("2m", 120_000), ("1h", 3_600_000), ("0", 0)])
    func milliseconds(text: String, expected: Int) throws {
        #expect(try reader(["LYCEUM_T": text]).milliseconds("T") == expected)
    }

    @Test("a default is in force, and recorded as one, when a variable is missing or empty") func fallback() throws {
        let reader = reader(["LYCEUM_PORT_BASE": ""])
        #expect(try reader.int("PORT_BASE", default: 7400) == 7400)
        #expect(reader.entries.map(\.description) == ["LYCEUM_PORT_BASE=7400  # default"])
    }

    @Test("the record masks secrets and the passwords of URLs") func masked() throws {
        let reader = reader(["LYCEUM_DB": "postgres://lyceum:swordfish@db:5432/users", "LYCEUM_KEY": "swordfish"])
        _ = try reader.url("DB", schemes: ["postgres"])
        _ = try reader.secret("KEY")
        let shown = reader.entries.map(\.description)
        #expect(shown == ["LYCEUM_DB=postgres://lyceum:•••@db:5432/users  # environment", "LYCEUM_KEY=•••  # environment"])
    }

    @Test("variables that nobody reads are known, for they are misspelt most likely") func unread() throws {
        let reader = reader(["LYCEUM_POTR": "1", "LYCEUM_PORT": "2", "LYCEUM_KEY_FILE": "/f", "HOME": "/root"], files: ["/f": "x"])
        _ = try reader.int("PORT")
        _ = try reader.secret("KEY")
        #expect(reader.unread == ["LYCEUM_POTR"])
    }

    @Test("a real file is read") func realFile() throws {
        #expect(throws: MountedFile.ReadError.self) { try MountedFile.read("/nonexistent/file") }
        #expect(try !MountedFile.read("/proc/self/status").isEmpty)
    }
}
