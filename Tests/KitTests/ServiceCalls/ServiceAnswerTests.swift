import JSON
import Testing

@testable import Kit

@Suite struct ServiceAnswerTests {
    private func title(_ answer: ServiceAnswer) throws(ServiceCallError) -> String? {
        try answer.fieldsIfFound(from: "courses") { $0.string("title", length: 1...10) }
    }

    @Test("what is asked for is read, what is not is let through") func read() throws {
        #expect(try title(ServiceAnswer(status: 200, body: ["title": "Greek", "new": 1])) == "Greek")
        #expect(try title(ServiceAnswer(status: 404)) == nil)
    }

    @Test("another status or an answer that does not fit is an error that says so") func misfit() {
        #expect(throws: ServiceCallError(service: "courses", kind: .unexpectedStatus(500))) { try title(ServiceAnswer(status: 500)) }
        #expect(throws: ServiceCallError(service: "courses", kind: .unexpectedStatus(204))) { try title(ServiceAnswer(status: 204)) }
        #expect(throws: ServiceCallError(service: "courses", kind: .unreadable("/title is required"))) {
            try title(ServiceAnswer(status: 200, body: [:]))
        }
    }

    @Test(
        "only calls that can be repeated are idempotent by default",
        arguments: [("GET", true), ("PUT", true), ("DELETE", true), ("POST", false), ("PATCH", false)])
    func idempotent(method: String, expected: Bool) {
        #expect(ServiceCall(method, "media", "/internal/v1/jobs").isIdempotent == expected)
        #expect(ServiceCall("POST", "media", "/internal/v1/jobs", isIdempotent: true).isIdempotent)
    }
}
