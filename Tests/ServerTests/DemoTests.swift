import Glibc
import JSON
import Kit
import TestKit
import Testing
@testable import Server

@Suite("The demo")
struct DemoTests {
    @Test("logins are made once, and the file that keeps them is its owner's alone")
    func logins() throws {
        let folder = try TestFolder()
        let file = "\(folder.path)/demo-logins.json"
        let first = try DemoLogins(file: file)
        #expect(first.all.map(\.name) == ["student", "instructor", "admin"])
        #expect(Set(first.all.map(\.password)).count == 3 && first.all.allSatisfy { $0.password.utf8.count >= 15 })
        #expect(try DemoLogins(file: file).all.map(\.password) == first.all.map(\.password))
        var facts = stat()
        #expect(stat(file, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
        let other = try DemoLogins(file: "\(folder.path)/other.json")
        #expect(other.student.password != first.student.password)
    }

    @Test("a login that is missing in the file is added to it, the others stay")
    func grown() throws {
        let folder = try TestFolder()
        let file = try folder.write(Array(#"{"student":"known-password-1"}"#.utf8), to: "demo-logins.json")
        let first = try DemoLogins(file: file)
        #expect(first.student.password == "known-password-1")
        #expect(try DemoLogins(file: file).all.map(\.password) == first.all.map(\.password))
    }

    @Test("a file that cannot be read is not replaced")
    func broken() throws {
        let folder = try TestFolder()
        let file = try folder.write(Array("{".utf8), to: "demo-logins.json")
        #expect(throws: FileProblem.self) { try DemoLogins(file: file) }
        #expect(try TestFolder.read(file) == Array("{".utf8))
    }

    @Test("every line of the demo catalogue is a course with an id of its own")
    func catalogue() throws {
        let courses = try DemoCatalogue.lines.map { try JSONValue.parse(Array($0.utf8)) }
        #expect(courses.count >= 10)
        #expect(Set(courses.compactMap { $0["id"]?.stringValue }).count == courses.count)
        #expect(courses.allSatisfy { $0["title"]?.stringValue?.isEmpty == false })
    }
}
