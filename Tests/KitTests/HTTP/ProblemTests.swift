import JSON
import Testing

@testable import Kit

@Suite struct ProblemTests {
    @Test("a problem has the members of RFC 9457, its fields and the trace") func members() throws {
        let problem = Problem.invalid([FieldError(pointer: "/price/amount", detail: "must be an integer from 0 to 100000")])
        let json = try JSONValue.parse(problem.buffer(traceId: "0af7651916cd43dd8448eb211c80319c"))
        #expect(json["type"] == "https://lyceum.example/problems/invalid-content")
        #expect(json["title"] == "Some fields are wrong")
        #expect(json["status"] == 422)
        #expect(json["errors"]?[0]?["pointer"] == "/price/amount")
        #expect(json["traceId"] == "0af7651916cd43dd8448eb211c80319c")
        #expect(json["detail"] == nil)
    }

    @Test("further members stand beside the known ones") func extensions() throws {
        #expect(try JSONValue.parse(Problem.tooLarge(limit: 1024).buffer(traceId: nil))["limit"] == 1024)
    }

    @Test("each kind has its status and the header fields that go with it") func kinds() {
        let kinds: [(Problem, Int, String?)] = [
            (.malformed(""), 400, nil), (.unauthorized(), 401, "www-authenticate"), (.forbidden(), 403, nil), (.notFound(), 404, nil),
            (.methodNotAllowed(["GET"]), 405, "allow"), (.conflict(slug: "x", title: "X"), 409, nil), (.preconditionFailed(), 412, nil),
            (.tooLarge(limit: 1), 413, nil), (.unsupportedMediaType(), 415, "accept"), (.invalid([]), 422, nil), (.preconditionRequired(), 428, nil),
            (.tooManyRequests(retryAfter: 3), 429, "retry-after"), (.internalError(), 500, nil),
            (.unavailable("It"), 503, "retry-after"),
        ]
        for (problem, status, header) in kinds {
            #expect(problem.status == status)
            #expect(problem.headers.first?.name.description == header, "\(problem)")
        }
    }

    @Test("a call of another service that failed is 503 with Retry-After and names no address") func serviceCall() {
        for kind in [ServiceCallError.Kind.unreachable, .timeout, .circuitOpen, .unexpectedStatus(500), .unreadable("/id is required")] {
            let problem = ServiceCallError(service: "courses", kind: kind).problem
            #expect(problem.status == 503)
            #expect(problem.headers.contains { $0.name.description == "retry-after" })
            #expect(!problem.detail.contains("/id"))
        }
    }
}
