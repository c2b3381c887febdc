import JSON
import Kit
import Telemetry

/// Marks the ids of grants.
enum GrantTag {}
typealias GrantID = ID<GrantTag>

/// One reason to have access to a course. Access is: any grant is active.
struct Grant: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case free, purchase, subscription, gift, seat, staff
    }

    let id: GrantID
    let kind: Kind
    let validFrom: Timestamp
    let validUntil: Timestamp?
    let revokedAt: Timestamp?
    let revokedBecause: String?

    /// Whether it opens the course at `time`.
    func isActive(at time: Timestamp) -> Bool {
        revokedAt == nil && validFrom <= time && (validUntil.map { time < $0 } ?? true)
    }
}

/// Why a student has access to a course, or why not.
struct Access: Sendable, Equatable {
    let courseID: String
    let state: Enrollment.State?
    let grants: [Grant]
    let time: Timestamp

    var isGranted: Bool { (state?.allowsAccess ?? false) && grants.contains { $0.isActive(at: time) } }

    /// One word a case, for people and programs.
    var reason: String {
        guard let state else { return "not-enrolled" }
        if !state.allowsAccess { return state.rawValue }
        if isGranted { return "granted" }
        if grants.contains(where: { $0.revokedAt == nil && $0.validFrom > time }) { return "not-yet-valid" }
        return grants.allSatisfy { $0.revokedAt != nil } ? "revoked" : "expired"
    }
}

extension Access: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("courseId", courseID)
        json.field("granted", isGranted)
        json.field("reason", reason)
        json.array("grants") { json in
            for grant in grants {
                json.beginObject()
                json.field("id", grant.id)
                json.field("kind", grant.kind.rawValue)
                json.field("active", grant.isActive(at: time))
                json.field("validFrom", grant.validFrom.rfc3339)
                json.field("validUntil", grant.validUntil?.rfc3339)
                json.field("revokedAt", grant.revokedAt?.rfc3339)
                json.field("revokedBecause", grant.revokedBecause)
                json.endObject()
            }
        }
        json.endObject()
    }
}
