import JOSE
import JSON
import Kit
import Loop
import Postgres
import Stores
import Telemetry
import TestKit
import TestRoutes
import TestStores
import Testing
@testable import Users

/// A clock that a test moves.
final class TestClock: Sendable {
    private let time = Locked(Timestamp.now)

    var clock: WallClock { WallClock { [self] in time.withLock { $0 } } }
    func advance(seconds: Double) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// The users service on a database of its own, and what tests do with it again and again.
struct TestUsers: Sendable {
    static let password = "seventeen grey herons"

    let service: TestService
    let clock: TestClock
    /// Where the keys that sign access tokens lie.
    let keys: TestFolder

    static func with(_ body: (TestUsers) async throws -> Void) async throws {
        let folder = try TestFolder()
        try folder.write(try SigningKey.generate().privateJWK(), to: "users-signing.jwk")
        let clock = TestClock()
        try await TestService.with(UsersService.self, clock: clock.clock, settings: ["KEYS_DIRECTORY": folder.path]) { service async throws in
            try await body(TestUsers(service: service, clock: clock, keys: folder))
        }
    }

    func register(_ email: String, password: String = password, name: String = "Sam", teach: Bool = false) async -> RouteCaller.Answer {
        let body: JSONValue = ["email": .string(email), "password": .string(password), "displayName": .string(name), "teach": .bool(teach)]
        return await service.call("POST", "/v1/users", json: body)
    }

    /// The token that the confirmation mail to a user carries; nil when there is nothing to confirm.
    func mailedToken(of user: UserID) async -> String? {
        let answer = await service.callInternal("POST", "/internal/v1/users/\(user)/verification", as: Principal(kind: .service("notifications")))
        return answer.json["token"]?.stringValue
    }

    func confirm(_ token: String?) async -> RouteCaller.Answer {
        await service.call("POST", "/v1/users/verifications", json: ["token": .string(token ?? "none")])
    }

    /// An account that is active.
    func active(_ email: String, teach: Bool = false) async throws -> UserID {
        #expect(await register(email, teach: teach).status == 202)
        let user = try #require(try await id(of: email))
        #expect(await confirm(await mailedToken(of: user)).status == 204)
        return user
    }

    func signIn(_ email: String, _ password: String = password) async -> RouteCaller.Answer {
        await service.call("POST", "/v1/sessions", json: ["email": .string(email), "password": .string(password)])
    }

    func refresh(_ token: String?) async -> RouteCaller.Answer {
        await service.call("POST", "/v1/sessions/refresh", json: ["refreshToken": .string(token ?? "none")])
    }

    /// What the store answers to SQL.
    func sql(_ text: String) async throws -> Rows {
        let pool = try service.context.postgres()
        let rows = try await service.context.loops.run { try await pool.query(.once(text)) }
        await pool.close()
        return rows
    }

    func id(of email: String) async throws -> UserID? {
        let rows = try await sql("select id::text from users where email = '\(email.lowercased())'")
        return rows.count == 1 ? UserID(rows.text(0, 0)) : nil
    }

    /// The events of a type that wait to be told, oldest first.
    func told(_ type: String) async throws -> [Event] {
        let rows = try await sql("select payload from outbox where type = '\(type)' order by position")
        return try (0..<rows.count).map { try Event(decoding: rows.bytes($0, 0)) }
    }
}

extension RouteCaller.Answer {
    /// The slug of the problem.
    var problem: String? { json["type"]?.stringValue?.split(separator: "/").last.map(String.init) }
    /// Where the wrong fields are.
    var pointers: [String] { json["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue } ?? [] }
    /// What is told of a problem, without the id of its trace.
    var told: [JSONValue?] { ["type", "title", "status", "detail", "errors"].map { json[$0] } }
}
