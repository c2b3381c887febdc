import Glibc
import HTTP
import JOSE
import JSON
import Kit
import Loop
import MediaAPI
@testable import MediaWorker
import Telemetry
import Testing
import TestKit

/// `lyceum-media worker` as a process, against a media service that is a queue behind HTTP.
@Suite(.serialized) struct WorkerProcessTests {
    let folder: TestFolder
    let queue = JobQueue(journal: Journal())
    let loops = LoopGroup(count: 1, name: "test-media-service")
    let port = freePort()

    init() throws {
        folder = try TestFolder()
        for name in ["keys", "objects", "objects/originals"] { mkdir("\(folder.path)/\(name)", 0o700) }
        try folder.write(try SigningKey.generate().privateJWK(), to: "keys/service-worker.jwk")
    }

    /// The media service's internal port while `body` lasts.
    private func serving<R>(_ body: () async throws -> R) async throws -> R {
        let forward: Route.Handler = { [queue] context in
            let bytes = try await context.request.body(upTo: 1 << 20)
            let answer = try await queue.call(ServiceCall(context.request.method, "media", context.request.path, body: Buffer(bytes)))
            guard let body = answer.body else { return Response(status: answer.status) }
            return .json(status: answer.status, body)
        }
        let routes = [
            Route("POST", "/internal/v1/jobs/lease", .anyone, handler: forward),
            Route("POST", "/internal/v1/jobs/{job}/{report}", .anyone, handler: forward),
            Route("PUT", "/internal/v1/jobs/{job}/heartbeat", .anyone, handler: forward),
        ]
        let service = try HTTPService(
            service: "media", routes: routes, authenticator: NobodySignsIn(), configuration: HTTPService.Configuration(port: port), loops: loops,
            log: Log(service: "media", sink: MemorySink()), state: RunState())
        let task = Task(executorPreference: loops.next()) { try await service.run() }
        defer { task.cancel() }
        #expect(await eventually { service.port != nil })
        return try await body()
    }

    private func worker(admin: UInt16) throws -> ChildProcess {
        var child = ChildProcess(try MediaProgram.path(), ["worker"])
        child.environment = [
            "LYCEUM_KEYS_DIRECTORY": folder.path + "/keys", "LYCEUM_OBJECT_STORE": "file://\(folder.path)/objects",
            "LYCEUM_MEDIA_URL": "http://127.0.0.1:\(port)", "LYCEUM_MEDIA_WORKER_ADMIN_PORT": "\(admin)",
            "LYCEUM_MEDIA_TEMPORARY": folder.path + "/temporary",
        ]
        child.output = .capture(limit: 1 << 20)
        child.graceMilliseconds = 30_000
        return child
    }

    @Test("SIGTERM in the middle of a job: it is given back, the process ends well and soon, and another finishes the job")
    func terminate() async throws {
        let asset = AssetID(), job = queue.add(asset)
        try folder.write(try WorkerBench.clip("640x360", seconds: "15"), to: "objects/originals/\(asset)")
        try await serving {
            let (first, time) = try await ended(after: { queue.reports("heartbeat").contains { ($0.body["progress"]?.intValue ?? 0) > 0 } })
            #expect(first.exit == .code(0) && time < .seconds(10))
            #expect(queue.state(job) == .queued && queue.attempts(job) == 0)
            #expect(folder.names(in: folder.path + "/temporary").isEmpty)
            #expect(String(decoding: first.output, as: UTF8.self).contains("\"outcome\":\"released\""))

            let (second, _) = try await ended(after: { queue.state(job) == .done })
            #expect(second.exit == .code(0))
            let percents = queue.reports("heartbeat").filter { $0.status == 204 }.compactMap { $0.body["progress"]?.intValue }
            #expect(percents.allSatisfy { (0...100).contains($0) })
            #expect(queue.reports("complete").first?.trace?.traceIDText == queue.trace.traceIDText)
        }
    }

    /// Runs a worker until `condition` holds, then sends SIGTERM. How it ended, and how long that took.
    private func ended(after condition: @escaping () -> Bool) async throws -> (ChildProcess.Outcome, Duration) {
        let child = try worker(admin: freePort()), loop = loops.next()
        // Timed on the loop: the threads that tests share may be busy.
        let task = Task(executorPreference: loop) { (try await child.run(on: loop), ContinuousClock.now) }
        #expect(await eventually(within: .seconds(120)) { condition() })
        let asked = ContinuousClock.now
        task.cancel()
        let (outcome, ended) = try await task.value
        return (outcome, ended - asked)
    }

    @Test("a worker without its key says which file is missing")
    func key() async throws {
        unlink(folder.path + "/keys/service-worker.jwk")
        var child = try worker(admin: freePort())
        child.errorOutput = .capture(limit: 1 << 16)
        let loop = loops.next()
        let outcome = try await Task(executorPreference: loop) { [child] in try await child.run(on: loop) }.value
        #expect(outcome.exit == .code(1))
        #expect(String(decoding: outcome.errorOutput, as: UTF8.self).contains("service-worker.jwk"))
    }
}
