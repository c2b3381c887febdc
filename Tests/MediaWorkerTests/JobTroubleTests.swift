import Glibc
import JSON
import Kit
import Loop
import MediaAPI
@testable import MediaWorker
import Telemetry
import Testing
import TestKit

/// Leases that go, children that hang and crash, stores that are full, a media service that is away.
@Suite(.serialized) struct JobTroubleTests {
    /// A child that says how to find it, and then nothing more.
    private static func hanging(_ folder: TestFolder) -> String { "echo $$ > \(folder.path)/child; exec sleep 60" }

    /// Its process, once it has said so.
    private static func child(_ folder: TestFolder) async throws -> pid_t {
        var id: pid_t?
        _ = await eventually(within: .seconds(30)) {
            id = (try? TestFolder.read(folder.path + "/child")).flatMap { pid_t(String(decoding: $0.dropLast(), as: UTF8.self)) }
            return id != nil
        }
        return try #require(id)
    }
    private static func isGone(_ child: pid_t) -> Bool { kill(child, 0) == -1 && errno == ESRCH }

    @Test("a lost lease ends the child, and nothing more is said or written")
    func lost() async throws {
        let folder = try TestFolder(), bench = try WorkerBench(script: Self.hanging(folder))
        let job = try await bench.upload([1, 2, 3])
        try await bench.run {
            let child = try await Self.child(folder)
            bench.queue.handToAnother(job)
            #expect(await eventually { Self.isGone(child) && bench.metrics.count(.lost) == 1 })
            #expect(await eventually { bench.isClean })
        }
        #expect(bench.queue.state(job) == .leased(token: "another"))
        #expect(Set(bench.queue.reports.map(\.what)) == ["heartbeat"])
        #expect(try await bench.streams().isEmpty)
    }

    @Test("a lease that ran out while nobody answered is a lost one")
    func silent() async throws {
        let folder = try TestFolder(), bench = try WorkerBench(script: Self.hanging(folder), leaseMs: 3000)
        _ = try await bench.upload([1])
        bench.queue.loseCalls("heartbeat", count: .max)
        try await bench.run {
            let child = try await Self.child(folder)
            #expect(await eventually { Self.isGone(child) && bench.metrics.count(.lost) == 1 })
        }
    }

    @Test("heartbeats hold a lease for longer than it was given")
    func hold() async throws {
        let folder = try TestFolder(), bench = try WorkerBench(script: Self.hanging(folder), leaseMs: 2000)
        let job = try await bench.upload([1])
        try await bench.run {
            let child = try await Self.child(folder), began = ContinuousClock.now
            #expect(await eventually(within: .seconds(20)) {
                ContinuousClock.now - began > .seconds(3) && bench.queue.reports("heartbeat").count > 5
            })
            #expect(!Self.isGone(child) && bench.metrics.count(.lost) == 0)
        }
        #expect(bench.queue.state(job) == .queued)
    }

    @Test("a stop ends the child and gives the job back, untried")
    func stop() async throws {
        let folder = try TestFolder(), bench = try WorkerBench(script: Self.hanging(folder))
        let job = try await bench.upload([1])
        let (child, time) = try await bench.run { try await Self.child(folder) }
        #expect(time < .seconds(10))
        #expect(Self.isGone(child) && bench.isClean)
        #expect(bench.queue.state(job) == .queued && bench.queue.attempts(job) == 0 && bench.metrics.count(.released) == 1)
    }

    @Test("a crash is tried once more, and the second is final")
    func crash() async throws {
        let bench = try WorkerBench(script: "kill -SEGV $$")
        let job = try await bench.upload([1])
        try await bench.run { #expect(await bench.reaches(.failed, job)) }
        let fails = bench.queue.reports("fail")
        #expect(fails.compactMap { $0.body["final"]?.boolValue } == [false, true])
        #expect(fails.compactMap { $0.body["passing"]?.boolValue } == [false, false])
        #expect(fails.allSatisfy { $0.body["reason"]?.stringValue == "crashed" })
        // The sentence is for the instructor: no words of ours.
        #expect(fails.allSatisfy { $0.body["detail"]?.stringValue?.contains("signal") == false })
        #expect(bench.isClean && bench.metrics.count(.failed) == 2)
    }

    @Test("a store without room fails the try, which does not count, and the worker goes on")
    func full() async throws {
        let bench = try WorkerBench()
        bench.store.room.withLock { $0 = 3 }
        let job = try await bench.upload(try WorkerBench.clip())
        try await bench.run {
            #expect(await eventually(within: .seconds(60)) { !bench.queue.reports("fail").isEmpty })
            bench.store.room.withLock { $0 = .max }
            #expect(await bench.reaches(.done, job))
        }
        let fail = try #require(bench.queue.reports("fail").first)
        #expect(fail.body["reason"]?.stringValue == "diskFull" && fail.body["final"]?.boolValue == false && fail.body["passing"]?.boolValue == true)
        #expect(bench.queue.attempts(job) == 1)
        #expect(bench.isClean)
    }

    @Test("an upload that is not in the store is a failure with its own reason")
    func missing() async throws {
        let bench = try WorkerBench()
        let job = bench.queue.add(AssetID())
        try await bench.run { #expect(await bench.reaches(.failed, job)) }
        #expect(bench.queue.reports("fail").first?.body["reason"]?.stringValue == "originalMissing")
    }

    @Test("a media service that is away is asked again, for jobs and to report one")
    func away() async throws {
        let bench = try WorkerBench()
        let job = try await bench.upload(Array("text".utf8))
        bench.queue.loseCalls("lease", count: 3)
        bench.queue.loseCalls("refuse", count: 4)
        try await bench.run { #expect(await bench.reaches(.refused, job)) }
        #expect(bench.queue.reports("refuse").count == 1 && bench.metrics.count(.refused) == 1)
        #expect(bench.lines.lines.filter { $0.contains("no jobs can be leased") }.count == 1)
    }
}
