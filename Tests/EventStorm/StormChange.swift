import JSON
import Kit

/// What a writer tells of a subject: its changes are counted from 1, so that one that is missing, doubled or out of order is seen.
struct StormChange: EventData {
    static let eventType = "lyceum.storm.changed.v1"
    static let eventSource = "/tests/storm"

    let subject: String
    let revision: Int
    var eventSubject: String { subject }

    init(subject: String, revision: Int) {
        self.subject = subject
        self.revision = revision
    }

    init(from fields: inout JSONFields) {
        subject = fields.string("subject", length: 1...100)
        revision = fields.int("revision", in: 1...1_000_000)
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("subject", subject)
        json.field("revision", revision)
        json.endObject()
    }
}
