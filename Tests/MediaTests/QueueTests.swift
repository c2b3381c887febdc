import JSON
import Kit
import Loop
import MediaAPI
import Postgres
import Stores
import Telemetry
import TestRoutes
import TestStores
import Testing
@testable import Media

@Suite("The queue of media jobs")
struct QueueTests {
    static let reports = ["heartbeat", "complete", "refuse", "fail", "release"]

    @Test("jobs are handed out oldest first, what is urgent before, and none twice; then there is none")
    func order() async throws {
        try await MediaBench.with { bench in
            for _ in 0..<4 { try await bench.queue() }
            _ = try await bench.onLoop { try await bench.store.pool.query(.once("""
                update jobs set priority = 1 where id = (select id from jobs order by created_at desc limit 1)
                """)) }
            let assets = await bench.service.call("GET", "/v1/courses/\(MediaBench.course)/assets", as: MediaBench.ann).json["items"]?.arrayValue ?? []
            let newestFirst = assets.compactMap { $0["id"]?.stringValue }
            try #require(newestFirst.count == 4)
            var leased: [String] = []
            while let job = await bench.lease() { leased.append(job.asset) }
            #expect(leased == [newestFirst[0], newestFirst[3], newestFirst[2], newestFirst[1]])
            let none = await bench.service.callInternal("POST", "/internal/v1/jobs/lease", as: MediaBench.worker, json: ["worker": "w"])
            #expect(none.status == 204)
        }
    }

    @Test("a job says what a worker needs to know, and only workers are told")
    func contents() async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            for who in [nil, MediaBench.ann, Principal(kind: .service("courses"))] {
                let answer = await bench.service.callInternal("POST", "/internal/v1/jobs/lease", as: who, json: ["worker": "w"])
                #expect([401, 403].contains(answer.status))
            }
            let job = await bench.service.callInternal("POST", "/internal/v1/jobs/lease", as: MediaBench.worker, json: ["worker": "w"]).json
            let asset = try #require(job["assetId"]?.stringValue)
            #expect(job["originalKey"]?.stringValue == "originals/\(asset)")
            #expect(bench.originals == [asset])
            #expect(job["filename"]?.stringValue == "film.mp4")
            #expect(job["leaseMs"]?.intValue == 60_000)
            #expect(job["attempt"]?.intValue == 1)
        }
    }

    @Test("a job that another transaction is looking at is stepped over, not waited for")
    func skipsLocked() async throws {
        try await MediaBench.with { bench in
            for _ in 0..<2 { try await bench.queue() }
            let second = try await bench.onLoop {
                try await bench.store.pool.withTransaction { transaction in
                    let first = try await transaction.query(.once("select id from jobs order by created_at limit 1 for update"))
                    let leased = await bench.lease()
                    #expect(leased != nil)
                    #expect(leased?.job != first.uuid(0, 0).description)
                    return leased
                }
            }
            let first = await bench.lease()
            #expect(first != nil)
            #expect(first?.job != second?.job)
        }
    }

    @Test("eight workers, each on a connection of its own, get each of forty jobs once")
    func eightWorkers() async throws {
        try await MediaBench.with { bench in
            for _ in 0..<40 { try await bench.queue() }
            let time = bench.time.withLock { $0 }
            let jobs = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for worker in 0..<8 {
                    let pool = try bench.service.context.postgres()
                    group.addTask {
                        let mine = try await bench.onLoop {
                            let store = PostgresJobStore(pool: pool, nudge: {})
                            var mine: [JobID] = []
                            while let job = try await store.lease(to: "w\(worker)", attempts: 5, at: time, until: time.adding(seconds: 60)) {
                                mine.append(job.jobID)
                            }
                            return mine
                        }
                        await pool.close()
                        return mine
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            // Who finds all others locked goes away with nothing, as a worker would for a moment.
            #expect(Set(jobs).count == jobs.count)
            #expect(try await bench.count("select count(*) from jobs where state = 'leased' and attempts = 1") == jobs.count)
            #expect(jobs.count == 40)
        }
    }

    @Test("a heartbeat prolongs the lease and shows how far it is")
    func heartbeat() async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            let job = try #require(await bench.lease())
            for _ in 0..<3 {
                bench.pass(seconds: 50)
                #expect(await bench.report(job, "heartbeat").status == 204)
                #expect(await bench.lease() == nil)
            }
            let asset = await bench.asset(job).json
            #expect(asset["state"]?.stringValue == "processing")
            #expect(asset["progress"]?.intValue == 40)
            bench.pass(seconds: 61)
            #expect(await bench.lease()?.attempt == 2)
        }
    }

    @Test("whoever lost the lease can commit nothing", arguments: reports)
    func fenced(what: String) async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            let old = try #require(await bench.lease())
            bench.pass(seconds: 61)
            let new = try #require(await bench.lease())
            #expect(new.job == old.job)
            #expect(new.token != old.token)
            #expect(new.attempt == 2)
            let before = await bench.asset(new).json
            let answer = await bench.report(old, what)
            #expect(answer.status == 409)
            #expect(answer.slug == "lease-lost")
            #expect(await bench.asset(new).json == before)
            #expect(try await bench.count("select count(*) from outbox") == 0)
            #expect(await bench.report(new, "complete").status == 204)
            #expect(await bench.report(old, what).status == 409)
            #expect(await bench.asset(new).json["state"]?.stringValue == "ready")
        }
    }

    @Test("a job that is done takes no report; one that is not there takes none either", arguments: reports)
    func done(what: String) async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            let job = try #require(await bench.lease())
            #expect(await bench.report(job, "complete").status == 204)
            #expect(await bench.report(job, what).status == 409)
            let other = try #require(Leased(["jobId": .string(JobID().description), "leaseToken": "x", "assetId": "x", "attempt": 1]))
            #expect(await bench.report(other, what).status == 409)
            #expect(try await bench.told(MediaReady.eventType) == 1)
            #expect(try await bench.count("select count(*) from outbox") == 1)
        }
    }

    @Test("a stream that is complete is told once, with all that others need")
    func complete() async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            let job = try #require(await bench.lease())
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { await bench.report(job, "complete").status } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 204 } == 1)
            #expect(statuses.count { $0 == 409 } == 7)
            let rows = try await bench.onLoop { try await bench.store.pool.query(.once("select payload from outbox")) }
            try #require(rows.count == 1)
            let event = try JSONValue.parse(rows.bytes(0, 0))
            #expect(event["type"]?.stringValue == "lyceum.media.ready.v1")
            #expect(event["data"]?["path"]?.stringValue == "streams/a/b")
            #expect(event["data"]?["lectureId"]?.stringValue == MediaBench.video.description)
            #expect(event["data"]?["ownerId"]?.stringValue == MediaBench.ann.userID?.description)
            let asset = await bench.asset(job).json
            #expect(asset["state"]?.stringValue == "ready")
            #expect(asset["progress"]?.intValue == 100)
            #expect(asset["durationMs"]?.intValue == 5000)
            #expect(asset["renditions"]?[0]?["name"]?.stringValue == "v720")
        }
    }

    @Test("a file that is refused is told with its reason, and nobody looks at it again")
    func refuse() async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            let job = try #require(await bench.lease())
            #expect(await bench.report(job, "refuse").status == 204)
            #expect(try await bench.told(MediaRefused.eventType) == 1)
            let asset = await bench.asset(job).json
            #expect(asset["state"]?.stringValue == "refused")
            #expect(asset["reason"]?.stringValue == "notVideo")
            #expect(asset["detail"]?.stringValue == "This is no video.")
            bench.pass(seconds: 86_400)
            #expect(await bench.lease() == nil)
        }
    }

    @Test("five tries, each later than the last, then it has failed; a final failure is at once")
    func tries() async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            for (attempt, wait) in [(1, 10.0), (2, 20), (3, 40), (4, 80)] {
                let job = try #require(await bench.lease())
                #expect(job.attempt == attempt)
                #expect(await bench.report(job, "fail").status == 204)
                bench.pass(seconds: wait - 0.5)
                #expect(await bench.lease() == nil)
                bench.pass(seconds: 0.5)
            }
            let last = try #require(await bench.lease())
            #expect(try await bench.told(MediaFailed.eventType) == 0)
            #expect(await bench.report(last, "fail").status == 204)
            #expect(try await bench.told(MediaFailed.eventType) == 1)
            #expect(await bench.asset(last).json["state"]?.stringValue == "failed")
            try await bench.queue()
            let hopeless = try #require(await bench.lease())
            #expect(await bench.report(hopeless, "fail", ["final": true]).status == 204)
            #expect(try await bench.told(MediaFailed.eventType) == 2)
            bench.pass(seconds: 86_400)
            #expect(await bench.lease() == nil)
        }
    }

    @Test("a try that failed since the object store was away does not count, for a day")
    func passingTroubles() async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            for _ in 0..<7 {
                let job = try #require(await bench.lease())
                #expect(job.attempt == 1)
                #expect(await bench.report(job, "fail", ["passing": true]).status == 204)
                #expect(await bench.report(job, "complete").status == 409)
                bench.pass(seconds: 9.5)
                #expect(await bench.lease() == nil)
                bench.pass(seconds: 0.5)
            }
            #expect(try await bench.count("select count(*) from jobs where last_error like 'notVideo:%'") == 1)
            bench.pass(seconds: 86_400)
            for attempt in 1...5 {
                let job = try #require(await bench.lease())
                #expect(job.attempt == attempt)
                #expect(await bench.report(job, "fail", ["passing": true]).status == 204)
                bench.pass(seconds: 600)
            }
            #expect(try await bench.told(MediaFailed.eventType) == 1)
        }
    }

    @Test("a job that takes its worker with it fails after five of them")
    func deadWorkers() async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            var last: Leased?
            for attempt in 1...5 {
                last = await bench.lease()
                #expect(last?.attempt == attempt)
                bench.pass(seconds: 61)
            }
            #expect(await bench.lease() == nil)
            #expect(try await bench.told(MediaFailed.eventType) == 1)
            let asset = await bench.asset(try #require(last)).json
            #expect(asset["state"]?.stringValue == "failed")
            #expect(asset["reason"]?.stringValue == "workerLost")
            #expect(await bench.report(try #require(last), "complete").status == 409)
        }
    }

    @Test("a job that is given back counts as not tried, and is there at once")
    func release() async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            for _ in 0..<7 {
                let job = try #require(await bench.lease())
                #expect(job.attempt == 1)
                #expect(await bench.report(job, "release").status == 204)
                #expect(await bench.report(job, "complete").status == 409)
            }
        }
    }

    @Test("a report that is wrong is named, and changes nothing")
    func malformed() async throws {
        try await MediaBench.with { bench in
            try await bench.queue()
            let job = try #require(await bench.lease())
            #expect(await bench.report(job, "heartbeat", ["more": 1]).status == 422)
            let path = "/internal/v1/jobs/\(job.job)"
            let token = JSONValue.string(job.token)
            for (method, what, body) in [
                ("PUT", "heartbeat", ["leaseToken": token, "progress": 101]), ("PUT", "heartbeat", ["progress": 1]), ("POST", "complete", ["leaseToken": token]),
                ("POST", "complete", ["leaseToken": token, "stream": ["path": "x"]]), ("POST", "refuse", ["leaseToken": token, "reason": "x"]),
                ("POST", "fail", ["leaseToken": token, "reason": "", "detail": "x"]),
            ] as [(String, String, JSONValue)] {
                #expect(await bench.service.callInternal(method, "\(path)/\(what)", as: MediaBench.worker, json: body).status == 422, "\(what)")
            }
            #expect(await bench.asset(job).json["state"]?.stringValue == "probing")
            #expect(await bench.report(job, "complete").status == 204)
        }
    }
}
