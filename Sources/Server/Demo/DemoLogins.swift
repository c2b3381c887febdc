import Glibc
import JSON
import Kit
import OpenSSL

/// The accounts of a demo, with passwords that are made once a stack and kept beside its keys.
struct DemoLogins {
    struct Login {
        let name: String
        let email: String
        let password: String
        let displayName: String
        let roles: [Role]
    }
    let all: [Login]

    var student: Login { all[0] }
    var instructor: Login { all[1] }

    /// Reads the file, or makes it.
    init(file: String) throws {
        let people: [(String, String, [Role])] = [
            ("student", "Sam Student", [.student]), ("instructor", "Ines Instructor", [.student, .instructor]), ("admin", "Ada Admin", [.student, .admin]),
        ]
        let known = try Self.known(in: file)
        all = people.map { name, displayName, roles in
            let password = known[name]?.stringValue ?? "demo-\(Hex.encode(Random.bytes(10)))"
            return Login(name: name, email: "\(name)@demo.lyceum.example", password: password, displayName: displayName, roles: roles)
        }
        guard all.contains(where: { known[$0.name]?.stringValue != $0.password }) else { return }
        let text = JSONWriter.object { json in for login in all { json.name(login.name); json.string(login.password) } }
        try WholeFile.write(text.array, to: file)
    }

    /// The passwords that were made before; none when there is no file yet. One that cannot be read is not replaced: its accounts exist.
    private static func known(in file: String) throws -> JSONValue {
        guard access(file, F_OK) == 0 else { return [:] }
        do { return try JSONValue.parse(try MountedFile.read(file)) } catch { throw FileProblem("\(file): \(error)") }
    }

    func write(to json: inout JSONWriter) {
        for login in all {
            json.name(login.name)
            json.beginObject()
            json.field("email", login.email)
            json.field("password", login.password)
            json.endObject()
        }
    }
}
