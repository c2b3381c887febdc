import HTTP
import JSON
import Kit
import MediaAPI

/// The queue as workers see it, on the internal port.
struct JobRoutes: Sendable {
    let jobs: RunJobs

    var routes: [Route] {
        let worker = Policy.service(["worker"])
        return [
            Route("POST", "/internal/v1/jobs/lease", worker, isQuiet: true, handler: lease),
            Route("PUT", "/internal/v1/jobs/{jobId}/heartbeat", worker, handler: heartbeat),
            Route("POST", "/internal/v1/jobs/{jobId}/complete", worker, handler: complete),
            Route("POST", "/internal/v1/jobs/{jobId}/refuse", worker, handler: refuse),
            Route("POST", "/internal/v1/jobs/{jobId}/fail", worker, handler: fail),
            Route("POST", "/internal/v1/jobs/{jobId}/release", worker, handler: release),
        ]
    }

    private func lease(_ context: RequestContext) async throws -> Response {
        let worker = try await context.fields { $0.string("worker", length: 1...200) }
        guard let job = try await jobs.lease(to: worker) else { return .noContent() }
        return .json(job)
    }

    private func heartbeat(_ context: RequestContext) async throws -> Response {
        let (token, progress) = try await context.fields { (Self.token(&$0), $0.int("progress", in: 0...100)) }
        try await jobs.heartbeat(try context.id("jobId"), token: token, progress: progress)
        return .noContent()
    }

    private func complete(_ context: RequestContext) async throws -> Response {
        let (token, stream) = try await context.fields { (Self.token(&$0), $0.object("stream") { MediaStream(from: &$0) }) }
        guard let stream else { throw Problem.internalError() }
        try await jobs.complete(try context.id("jobId"), token: token, stream: stream)
        return .noContent()
    }

    private func refuse(_ context: RequestContext) async throws -> Response {
        let (token, reason, detail) = try await context.fields { Self.verdict(&$0) }
        try await jobs.refuse(try context.id("jobId"), token: token, reason: reason, detail: detail)
        return .noContent()
    }

    private func fail(_ context: RequestContext) async throws -> Response {
        let ((token, reason, detail), isFinal, isPassing) = try await context.fields {
            (Self.verdict(&$0), $0.optionalBool("final") ?? false, $0.optionalBool("passing") ?? false)
        }
        try await jobs.fail(try context.id("jobId"), token: token, reason: reason, detail: detail, isFinal: isFinal, isPassing: isPassing)
        return .noContent()
    }

    private func release(_ context: RequestContext) async throws -> Response {
        try await jobs.release(try context.id("jobId"), token: try await context.fields { Self.token(&$0) })
        return .noContent()
    }

    private static func token(_ fields: inout JSONFields) -> String { fields.string("leaseToken", length: 1...100) }

    private static func verdict(_ fields: inout JSONFields) -> (String, String, String) {
        (token(&fields), fields.string("reason", length: 1...100), fields.string("detail", length: 1...2000))
    }
}
