import Testing

@testable import Curl
@testable import OTLP

@Suite("When a batch of spans is sent again")
struct OTLPRetryTests {
    private let retry = OTLPRetry()

    private func verdict(_ status: Int, attempt: Int = 1, retryAfter: String? = nil, body: String = "") -> OTLPRetry.Verdict {
        let headers = retryAfter.map { [HeaderField("Retry-After", $0)] } ?? []
        return retry.verdict(on: .success(CurlResponse(status: status, headers: headers, body: Array(body.utf8))), attempt: attempt) { $0.upperBound }
    }

    @Test("what the collector took is done, and what it did not want of it is counted")
    func taken() {
        #expect(verdict(200, body: "{}") == .taken(rejected: 0, ""))
        #expect(verdict(200, body: #"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}"#) == .taken(rejected: 3, "too old"))
        #expect(verdict(202, body: "no json") == .taken(rejected: 0, ""))
    }

    @Test("a collector that has too much to do is asked again, each time later and a bounded number of times", arguments: [429, 502, 503, 504])
    func busy(status: Int) {
        let reason = "the collector answered \(status)"
        #expect((1...5).map { verdict(status, attempt: $0) } == [
            .again(milliseconds: 1000, reason), .again(milliseconds: 2000, reason), .again(milliseconds: 4000, reason),
            .again(milliseconds: 8000, reason), .lost(reason),
        ])
    }

    @Test("not earlier than it asks for, and not later than the limit")
    func retryAfter() {
        let reason = "the collector answered 503"
        #expect(verdict(503, retryAfter: "7") == .again(milliseconds: 8000, reason))
        #expect(verdict(503, retryAfter: "999999999999") == .again(milliseconds: 30_000, reason))
        #expect(verdict(503, retryAfter: "-5") == .again(milliseconds: 1000, reason))
        #expect(verdict(503, retryAfter: "Sat, 21 Nov 2026 13:40:36 GMT") == .again(milliseconds: 1000, reason))
    }

    @Test("a batch that the collector does not understand is never sent again", arguments: [301, 400, 401, 404, 413, 500])
    func refused(status: Int) {
        #expect(verdict(status) == .lost("the collector answered \(status)"))
    }

    @Test("a pause is never the same for all")
    func jitter() {
        let failure = Result<CurlResponse, CurlError>.failure(CurlError(.connection, "nobody is there"))
        let pauses = Set((0..<50).map { _ in "\(retry.verdict(on: failure, attempt: 3))" })
        #expect(pauses.count > 5)
    }
}
