public import Kit
internal import JSON

/// What a media worker tells the media service. Calls that the lease no longer covers answer false: the worker drops the job.
public struct MediaJobsClient: Sendable {
    private let transport: any ServiceTransport
    public init(_ transport: any ServiceTransport) { self.transport = transport }

    /// The next job; nil when there is none. `worker` names who asks, for operators.
    public func lease(worker: String) async throws -> LeasedJob? {
        let body = JSONWriter.object { $0.field("worker", worker) }
        let answer = try await transport.call(ServiceCall("POST", "media", "/internal/v1/jobs/lease", body: body))
        return answer.status == 204 ? nil : try answer.fields(from: "media") { LeasedJob(from: &$0) }
    }

    /// Prolongs the lease and tells how far the job is, in percent.
    public func heartbeat(_ job: LeasedJob, progress: Int) async throws -> Bool {
        try await report(job, "heartbeat", method: "PUT") { $0.field("progress", progress) }
    }

    /// The stream is in the object store, whole: the asset is ready.
    public func complete(_ job: LeasedJob, stream: MediaStream) async throws -> Bool {
        try await report(job, "complete") { json in json.object("stream") { stream.writeFields(to: &$0) } }
    }

    /// The file cannot become a stream, whoever tries.
    public func refuse(_ job: LeasedJob, reason: String, detail: String) async throws -> Bool {
        try await report(job, "refuse") { $0.field("reason", reason); $0.field("detail", detail) }
    }

    /// This try failed; another follows, later, unless `isFinal` says that none would help, or there were too many. One that `isPassing`, since something
    /// besides the file was away, does not count for a day.
    public func fail(_ job: LeasedJob, reason: String, detail: String, isFinal: Bool = false, isPassing: Bool = false) async throws -> Bool {
        try await report(job, "fail") { json in
            json.field("reason", reason)
            json.field("detail", detail)
            json.field("final", isFinal)
            json.field("passing", isPassing)
        }
    }

    /// Gives the job back untried, since the worker stops.
    public func release(_ job: LeasedJob) async throws -> Bool { try await report(job, "release") { _ in } }

    private func report(_ job: LeasedJob, _ what: String, method: String = "POST", _ write: (inout JSONWriter) -> Void) async throws -> Bool {
        let body = JSONWriter.object { json in
            json.field("leaseToken", job.leaseToken)
            write(&json)
        }
        let path = "/internal/v1/jobs/\(job.jobID)/\(what)"
        let answer = try await transport.call(ServiceCall(method, "media", path, body: body, isIdempotent: true, timeoutMilliseconds: 5000))
        switch answer.status {
        case 200...299: return true
        case 404, 409: return false
        default: throw ServiceCallError(service: "media", kind: .unexpectedStatus(answer.status))
        }
    }
}
