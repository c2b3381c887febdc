import EnrollmentsAPI
import JSON
import Kit
import MediaAPI
import UsersAPI

/// Turns events into mails that wait to be sent: a consumer.
struct QueueMail: Sendable {
    static let types = [UserRegistered.eventType, UserVerificationRequested.eventType, EnrollmentGranted.eventType, MediaRefused.eventType]

    let store: any DeliveryStore
    let clock: WallClock

    func callAsFunction(_ event: Event) async throws {
        guard let (kind, user, facts) = try mail(for: event) else { return }
        let delivery = Delivery(id: DeliveryID(), eventID: event.id, kind: kind, userID: user, facts: facts, attempts: 0, traceparent: event.traceparent)
        try await store.queue(delivery, of: event, at: clock.now())
    }

    private func mail(for event: Event) throws -> (MailKind, UserID, JSONValue)? {
        switch event.type {
        case UserRegistered.eventType:
            return (.verifyEmail, try event.facts(UserRegistered.self).userID, [:])
        case UserVerificationRequested.eventType:
            let facts = try event.facts(UserVerificationRequested.self)
            return (facts.isActive ? .alreadyRegistered : .verifyEmail, facts.userID, [:])
        case EnrollmentGranted.eventType:
            let facts = try event.facts(EnrollmentGranted.self)
            guard facts.isFirst else { return nil }
            return (.welcomeToCourse, facts.userID, ["courseId": .string(facts.courseID), "courseTitle": .string(facts.courseTitle)])
        case MediaRefused.eventType:
            let facts = try event.facts(MediaRefused.self)
            return (.videoRefused, facts.asset.ownerID, ["courseId": .string(facts.asset.courseID), "detail": .string(facts.detail)])
        default:
            return nil
        }
    }
}
