internal import Curl

/// When a batch that was not taken is sent again (OTLP 1.x, "Failures" of OTLP/HTTP). Pure.
struct OTLPRetry: Sendable {
    /// How often a batch is sent at most.
    var attempts = 5
    /// The longest pause after the first failure; it doubles each time.
    var firstMilliseconds = 1_000
    /// The longest pause at all, whatever the collector asks for.
    var capMilliseconds = 30_000

    enum Verdict: Equatable {
        /// The collector has the batch, but for so many spans that it did not want.
        case taken(rejected: Int, String)
        /// Again, after so many milliseconds.
        case again(milliseconds: Int, String)
        /// Never: sending it again changes nothing, or it was sent often enough.
        case lost(String)
    }

    /// What comes of the `attempt`th sending. `random` chooses a pause, so that processes that failed together do not come back together.
    func verdict(
        on result: Result<CurlResponse, CurlError>, attempt: Int, random: (ClosedRange<Int>) -> Int = { .random(in: $0) }
    ) -> Verdict {
        switch result {
        case .success(let response) where 200...299 ~= response.status:
            let (rejected, why) = OTLPAnswer.rejected(in: response.body)
            return .taken(rejected: rejected, why)
        case .success(let response):
            let reason = "the collector answered \(response.status)"
            guard [429, 502, 503, 504].contains(response.status), attempt < attempts else { return .lost(reason) }
            return .again(milliseconds: pause(attempt, response.header("retry-after").flatMap { Int($0) }, random), reason)
        case .failure(let error):
            guard attempt < attempts else { return .lost(error.description) }
            return .again(milliseconds: pause(attempt, nil, random), error.description)
        }
    }

    /// At least what the collector asks for, in seconds; a date counts as no wish.
    private func pause(_ attempt: Int, _ wish: Int?, _ random: (ClosedRange<Int>) -> Int) -> Int {
        let longest = min(capMilliseconds, firstMilliseconds << min(attempt - 1, 16))
        let pause = random(longest / 2 ... longest)
        guard let wish else { return pause }
        return min(capMilliseconds, max(0, min(wish, 86_400)) * 1000 + pause)
    }
}
