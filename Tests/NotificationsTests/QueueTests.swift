import EnrollmentsAPI
import JSON
import Kit
import Loop
import MediaAPI
import Telemetry
import TestStores
import Testing
import UsersAPI
@testable import Notifications

@Suite("Mails that wait")
struct QueueTests {
    private static let course = "0191a0d0-0000-7000-8000-000000000001"

    @Test("an event queues one mail however often and at once it comes")
    func once() async throws {
        try await TestMail.with { mail async throws in
            let event = Event(UserRegistered(userID: UserID()))
            try await mail.hear(event)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { try await mail.hear(event) } }
                try await group.waitForAll()
            }
            #expect(try await mail.kept().count == 1)
            try await mail.hear(Event(UserRegistered(userID: UserID())))
            #expect(try await mail.kept().count == 2)
        }
    }

    @Test("each event has its mail; a second grant and an unknown event have none")
    func kinds() async throws {
        try await TestMail.with { mail async throws in
            let user = UserID()
            let asset = AssetSubject(assetID: AssetID(), courseID: Self.course, lectureID: Self.course, ownerID: user)
            for event in [
                Event(UserRegistered(userID: user)), Event(UserVerificationRequested(userID: user, isActive: true)),
                Event(EnrollmentGranted(userID: user, courseID: Self.course, courseTitle: "Swift", grantKind: "free", isFirst: true)),
                Event(EnrollmentGranted(userID: user, courseID: Self.course, courseTitle: "Swift", grantKind: "free", isFirst: false)),
                Event(MediaRefused(asset: asset, reason: "no-video", detail: "The file holds no video.")), Event(UserVerified(userID: user)),
            ] { try await mail.hear(event) }
            let mailer = FakeMailer()
            #expect(try await mail.send(by: mailer) == 4)
            #expect(Set(mailer.mails.map(\.subject)) == [
                "Confirm your e-mail address", "You have an account already", "Welcome to Swift", "Your video could not be used",
            ])
            #expect(mailer.mails.contains { $0.text.contains("http://lyceum.test/verify/?token=t0ken") })
            #expect(mailer.mails.contains { $0.text.contains("http://lyceum.test/watch/?course=\(Self.course)") })
            #expect(mailer.mails.contains { $0.text.contains("The file holds no video.") })
            #expect(try await mail.kept().allSatisfy { $0.state == "sent" && $0.attempts == 1 && $0.code == 250 })
            #expect(try await mail.send(by: mailer) == 0)
        }
    }

    @Test("an event that does not fit its contract is refused, for the dead letters")
    func malformed() async throws {
        try await TestMail.with { mail async throws in
            let event = Event(source: "/services/users", type: UserRegistered.eventType, subject: "x", data: ["userId": "nobody"])
            await #expect(throws: EventError.self) { try await mail.hear(event) }
            #expect(try await mail.kept().isEmpty)
        }
    }

    @Test("what was received long ago is forgotten, what came now is not")
    func sweep() async throws {
        try await TestMail.with { mail async throws in
            try await mail.hear(Event(UserRegistered(userID: UserID())))
            let (store, loops, now) = (mail.store, mail.service.context.loops, mail.clock.now())
            #expect(try await loops.run { try await store.sweep(before: now.adding(seconds: -60)) } == 0)
            #expect(try await loops.run { try await store.sweep(before: now.adding(seconds: 60)) } == 1)
            #expect(try await mail.kept().count == 1)
        }
    }
}
