import JSON
import Kit
import Loop
import Postgres
import Stores
import Telemetry
import TestStores
import Testing
import UsersAPI
@testable import Notifications

/// A mail server that a test tells what to answer, and that keeps what it was handed.
final class FakeMailer: Mailer {
    private let answers: Locked<[Outcome]>
    private let taken = Locked<[OutgoingMail]>([])

    /// Gives these answers one after the other, then takes everything.
    init(_ answers: [Outcome] = []) { self.answers = Locked(answers) }

    var mails: [OutgoingMail] { taken.withLock { $0 } }

    func send(_ mail: OutgoingMail) async -> Outcome {
        taken.withLock { $0.append(mail) }
        return answers.withLock { $0.isEmpty ? .sent(code: 250, text: "OK") : $0.removeFirst() }
    }
}

/// The users service as mails need it: one contact, tokens one after the other.
func users(
    _ contact: UserContact? = UserContact(email: "sam@example.org", displayName: "Sam", locale: "en"), isVerified: Bool = false
) -> AnsweringServices {
    AnsweringServices { call in
        guard let contact, !(isVerified && call.path.hasSuffix("/verification")) else { return ServiceAnswer(status: 404) }
        var body = JSONObject([
            ("email", .string(contact.email)), ("displayName", .string(contact.displayName)), ("locale", .string(contact.locale)),
        ])
        if call.path.hasSuffix("/verification") { body["token"] = "t0ken" }
        return ServiceAnswer(status: 200, body: .object(body))
    }
}

/// The notifications service on a database of its own, with a clock that the test moves.
struct TestMail: Sendable {
    let service: TestService
    let store: PostgresDeliveryStore
    private let time: Moved

    final class Moved: Sendable {
        let now = Locked(Timestamp.now)
    }

    var clock: WallClock { WallClock { [time] in time.now.withLock { $0 } } }
    func advance(seconds: Double) { time.now.withLock { $0 = $0.adding(seconds: seconds) } }

    static func with(_ body: (TestMail) async throws -> Void) async throws {
        try await TestService.with(NotificationsService.self) { service async throws in
            let pool = try service.context.postgres()
            try await body(TestMail(service: service, store: PostgresDeliveryStore(pool: pool, nudge: {}), time: Moved()))
            await pool.close()
        }
    }

    /// Hands an event to the consumer.
    func hear(_ event: Event) async throws {
        let queue = QueueMail(store: store, clock: clock)
        try await service.context.loops.run { try await queue(event) }
    }

    /// One round of sending: how many mails were dealt with.
    func send(by mailer: any Mailer, _ transport: any ServiceTransport = users()) async throws -> Int {
        let send = SendMail(
            store: store, mailer: mailer, users: UsersClient(transport), gateway: "http://lyceum.test", clock: clock, log: service.context.log)
        return try await service.context.loops.run { try await send() }
    }

    /// State, tries and the mail server's answer of all mails, in the order of their making.
    func kept() async throws -> [(state: String, attempts: Int, code: Int?, text: String?)] {
        let statement = Statement.once("select state, attempts, answer_code, answer_text from deliveries order by id")
        let rows = try await service.context.loops.run { try await store.pool.query(statement) }
        return (0..<rows.count).map {
            (rows.text($0, 0), rows.int4($0, 1), rows.isNull($0, 2) ? nil : rows.int4($0, 2), rows.optionalText($0, 3))
        }
    }
}
