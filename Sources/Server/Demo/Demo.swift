import Courses
import Curl
import JSON
import Kit
import Loop
import Telemetry
import Users

/// Fills a stack with a demo: logins, a catalogue, and one course with a real video, written through the API like anybody's.
struct Demo: Sendable {
    private let program: Program
    private let logins: DemoLogins
    private let client: DemoClient
    private let clip: String?

    static let title = "A first course with video"

    init(clip: String?, program: Program) throws {
        self.program = program
        let folder = try program.configuration.string("KEYS_DIRECTORY")
        logins = try DemoLogins(file: "\(folder)/demo-logins.json")
        client = DemoClient(curl: program.curl, gateway: try program.configuration.url("GATEWAY_URL", schemes: ["http", "https"]).base)
        self.clip = try clip ?? program.configuration.optionalString("DEMO_CLIP")
    }

    /// Tells of its steps, and ends with one line of JSON: the logins and the demo lecture.
    func fill() async throws {
        let users = try program.context(UsersService.name)
        for login in logins.all {
            try await UsersService.ensureAccount(users, email: login.email, password: login.password, displayName: login.displayName, roles: login.roles)
        }
        say("logins are there")
        let lines = DemoCatalogue.lines
        var next = lines.makeIterator()
        let loaded = try await CoursesService.importCatalogue(
            try program.context(CoursesService.name), file: "demo-catalogue-1", nextLine: { next.next().map { .line(Array($0.utf8)) } }, reportBad: { _, _ in }, report: { _ in })
        say("catalogue: \(loaded)")
        let instructor = try await client.signedIn(logins.instructor)
        let (course, lecture) = try await self.course(instructor)
        CommandLineTable.writeOut(JSONWriter.object { json in
            json.object("logins") { logins.write(to: &$0) }
            json.object("demo") { json in
                json.field("courseId", course)
                json.field("lectureId", lecture)
            }
        }.text + "\n")
    }

    private func say(_ text: String) { CommandLineTable.writeOut(text + "\n") }

    /// The demo course: found again by its title, else written.
    private func course(_ client: DemoClient) async throws -> (course: String, lecture: String) {
        let mine = try await client.send("GET", "/v1/me/authored-courses?limit=100").body["items"]?.arrayValue ?? []
        let known = mine.first { $0["title"]?.stringValue == Self.title }
        var found = known?["id"]?.stringValue
        if found == nil { found = try await DemoCourse(client: client).write() }
        guard let id = found else { throw FileProblem("the demo course has no id") }
        var draft = try await client.send("GET", "/v1/courses/\(id)/draft").body
        guard let video = Self.video(in: draft), let lecture = video["id"]?.stringValue else { throw FileProblem("the demo course has no video lecture") }
        if video["asset"]?["state"]?.stringValue != "ready" {
            guard let clip else { throw FileProblem("LYCEUM_DEMO_CLIP names no clip: `make setup` fetches one") }
            let begin = Timestamp.now
            try await DemoUpload(client: client, log: say).run(clip: clip, course: id, lecture: lecture)
            draft = try await ready(client, id)
            say("the clip became a stream in \(Int(Timestamp.now - begin)) s")
        }
        if draft["state"]?.stringValue != "published" {
            let etag = try await client.send("GET", "/v1/courses/\(id)/draft").etag
            _ = try await client.send("POST", "/v1/courses/\(id)/publish", ifMatch: etag)
            say("published")
        }
        return (id, lecture)
    }

    private static func video(in draft: JSONValue) -> JSONValue? {
        draft["sections"]?.arrayValue?.lazy.flatMap { $0["lectures"]?.arrayValue ?? [] }.first { $0["kind"]?.stringValue == "video" }
    }

    /// Waits until the stream is attached to its lecture.
    private func ready(_ client: DemoClient, _ course: String) async throws -> JSONValue {
        for _ in 0..<2400 {
            let draft = try await client.send("GET", "/v1/courses/\(course)/draft").body
            switch Self.video(in: draft)?["asset"]?["state"]?.stringValue {
            case "ready": return draft
            case "refused", "failed": throw FileProblem("the demo clip did not become a stream: \(Self.video(in: draft)?["asset"]?["detail"]?.stringValue ?? "")")
            // The API tells the state of a stream to who asks for it; it calls nobody back.
            default: try await Task.sleep(for: .milliseconds(100))
            }
        }
        throw FileProblem("the demo clip is not processed after 4 minutes: is the media worker up?")
    }
}
