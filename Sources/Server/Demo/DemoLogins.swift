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
        let known = try? JSONValue.parse(try MountedFile.read(file))
        all = people.map { name, displayName, roles in
            Login(
                name: name, email: "\(name)@demo.lyceum.example", password: known?[name]?.stringValue ?? "demo-\(Hex.encode(Random.bytes(10)))",
                displayName: displayName, roles: roles)
        }
        guard known == nil else { return }
        let text = JSONWriter.object { json in for login in all { json.name(login.name); json.string(login.password) } }
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0, text.withBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) }) == text.count else {
            throw FileProblem("\(file): \(String(cString: strerror(errno)))")
        }
        close(descriptor)
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
