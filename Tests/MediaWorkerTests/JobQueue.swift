import JSON
import Kit
import Loop
import MediaAPI
import Telemetry

/// The media service's queue in memory, with its rules: a job is leased to one worker, and nothing but the token of the last lease may report.
final class JobQueue: ServiceTransport {
    enum State: Equatable { case queued, leased(token: String), done, refused, failed }
    struct Entry {
        let job: JobID
        let asset: AssetID
        var state = State.queued
        var attempts = 0
    }
    struct Report: Sendable {
        let what: String
        let body: JSONValue
        let trace: Trace?
        let status: Int
    }
    private struct Contents {
        var entries: [Entry] = []
        var reports: [Report] = []
        var tokens = 0
        /// Calls whose paths end so get no answer; how many of them.
        var unanswered: [String: Int] = [:]
    }

    private let contents = Locked(Contents())
    let journal: Journal
    let leaseMs: Int
    /// Of every upload.
    let trace = Trace.random(isSampled: true)

    init(journal: Journal, leaseMs: Int = 60_000) {
        self.journal = journal
        self.leaseMs = leaseMs
    }

    @discardableResult func add(_ asset: AssetID) -> JobID {
        let id = JobID()
        contents.withLock { $0.entries.append(Entry(job: id, asset: asset)) }
        return id
    }
    func state(_ job: JobID) -> State? { contents.withLock { $0.entries.first { $0.job == job }?.state } }
    func attempts(_ job: JobID) -> Int? { contents.withLock { $0.entries.first { $0.job == job }?.attempts } }
    var reports: [Report] { contents.withLock { $0.reports } }
    func reports(_ what: String) -> [Report] { reports.filter { $0.what == what } }

    /// Another worker has it now, as when the lease has ended.
    func handToAnother(_ job: JobID) {
        contents.withLock { contents in
            for index in contents.entries.indices where contents.entries[index].job == job {
                contents.entries[index].state = .leased(token: "another")
            }
        }
    }
    /// The next `count` calls of this kind are lost on the way.
    func loseCalls(_ what: String, count: Int) { contents.withLock { $0.unanswered[what] = count } }

    func call(_ call: ServiceCall) async throws(ServiceCallError) -> ServiceAnswer {
        let parts = call.path.split(separator: "/").map(String.init)
        guard call.service == "media", parts.prefix(3) == ["internal", "v1", "jobs"], let what = parts.last else {
            throw ServiceCallError(service: call.service, kind: .unexpectedStatus(404))
        }
        let body = call.body.flatMap { try? JSONValue.parse($0) } ?? .null
        let isLost = contents.withLock { contents in
            guard let left = contents.unanswered[what], left > 0 else { return false }
            contents.unanswered[what] = left - 1
            return true
        }
        if isLost { throw ServiceCallError(service: "media", kind: .unreachable) }
        if what == "lease" { return lease() }
        let status = report(what, JobID(parts[3]), body)
        contents.withLock { $0.reports.append(Report(what: what, body: body, trace: Trace.current, status: status)) }
        if status == 204 { journal.add(what) }
        return ServiceAnswer(status: status)
    }

    private func lease() -> ServiceAnswer {
        contents.withLock { contents in
            guard let index = contents.entries.firstIndex(where: { $0.state == .queued }) else { return ServiceAnswer(status: 204) }
            contents.tokens += 1
            contents.entries[index].state = .leased(token: "token-\(contents.tokens)")
            contents.entries[index].attempts += 1
            let entry = contents.entries[index]
            let job = LeasedJob(
                jobID: entry.job, assetID: entry.asset, leaseToken: "token-\(contents.tokens)", leaseMs: leaseMs, attempt: entry.attempts,
                originalKey: "originals/\(entry.asset)", filename: "lecture.mp4", traceparent: trace.traceparent)
            return ServiceAnswer(status: 200, body: try? JSONValue.parse(job.jsonBuffer))
        }
    }

    private func report(_ what: String, _ job: JobID?, _ body: JSONValue) -> Int {
        contents.withLock { contents in
            guard let index = contents.entries.firstIndex(where: { $0.job == job }) else { return 404 }
            guard let token = body["leaseToken"]?.stringValue, contents.entries[index].state == .leased(token: token) else { return 409 }
            switch what {
            case "heartbeat": break
            case "complete": contents.entries[index].state = .done
            case "refuse": contents.entries[index].state = .refused
            case "fail":
                let isPassing = body["passing"]?.boolValue == true
                let isFinal = !isPassing && (body["final"]?.boolValue == true || contents.entries[index].attempts >= 5)
                contents.entries[index].state = isFinal ? .failed : .queued
                if isPassing { contents.entries[index].attempts -= 1 }
            case "release":
                contents.entries[index].state = .queued
                contents.entries[index].attempts -= 1
            default: return 404
            }
            return 204
        }
    }
}

/// What happened, in order.
final class Journal: Sendable {
    private let entries = Locked<[String]>([])
    func add(_ entry: String) { entries.withLock { $0.append(entry) } }
    var all: [String] { entries.withLock { $0 } }
}
