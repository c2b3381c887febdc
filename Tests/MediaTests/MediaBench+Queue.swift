import JSON
import Kit
import MediaAPI
import Postgres
import Stores
import TestRoutes
import TestStores
import Testing
@testable import Media

/// What a worker was told of the job that it got.
struct Leased: Sendable, Equatable {
    let job: String
    let token: String
    let asset: String
    let attempt: Int

    init?(_ json: JSONValue) {
        guard let job = json["jobId"]?.stringValue, let token = json["leaseToken"]?.stringValue, let asset = json["assetId"]?.stringValue,
            let attempt = json["attempt"]?.intValue
        else { return nil }
        self.job = job
        self.token = token
        self.asset = asset
        self.attempt = attempt
    }
}

extension MediaBench {
    /// A video that waits for a worker, a millisecond younger than the one before.
    func queue() async throws {
        _ = try await begin(length: 0)
        pass(seconds: 0.001)
    }

    func lease() async -> Leased? {
        let answer = await service.callInternal("POST", "/internal/v1/jobs/lease", as: Self.worker, json: ["worker": "w"])
        return answer.status == 200 ? Leased(answer.json) : nil
    }

    /// A worker's report, with the fields that it needs besides the token.
    func report(_ job: Leased, _ what: String, _ more: JSONValue = [:]) async -> RouteCaller.Answer {
        var fields = JSONObject([("leaseToken", .string(job.token))])
        switch what {
        case "heartbeat": fields["progress"] = 40
        case "complete": fields["stream"] = Self.stream
        case "refuse", "fail":
            fields["reason"] = "notVideo"
            fields["detail"] = "This is no video."
        default: break
        }
        for (name, value) in more.objectValue ?? JSONObject() { fields[name] = value }
        let method = what == "heartbeat" ? "PUT" : "POST"
        return await service.callInternal(method, "/internal/v1/jobs/\(job.job)/\(what)", as: Self.worker, json: .object(fields))
    }

    static let stream: JSONValue = [
        "path": "streams/a/b", "durationMs": 5000, "width": 1280, "height": 720, "bytes": 123_456,
        "renditions": [["name": "v720", "codec": "avc1.64001f", "width": 1280, "height": 720, "bitrate": 900_000, "bytes": 100_000]],
    ]

    func asset(_ job: Leased, as who: Principal = ann) async -> RouteCaller.Answer { await service.call("GET", "/v1/assets/\(job.asset)", as: who) }
}
