import Glibc
import Loop
import Mongo
import Telemetry
import TestKit
import Testing

@Suite struct MongoPoolTests {
    /// A pool of one thread which is busy until `release` is called.
    private struct BusyPool: Sendable {
        let pool: MongoPool
        private let isFree = Locked(false)
        private let isBusy = Locked(false)

        init(waiting: Int, waitMilliseconds: Int) throws {
            var configuration = MongoConfiguration(uri: try stackURI(), threads: 1)
            configuration.waiting = waiting
            configuration.waitMilliseconds = waitMilliseconds
            pool = try MongoPool(configuration)
        }

        func occupy() async -> Task<Void, any Error> {
            let task = Task { [self] in
                try await pool.run { _ in
                    isBusy.withLock { $0 = true }
                    while !isFree.withLock({ $0 }) { usleep(1000) }
                }
            }
            _ = await eventually { isBusy.withLock { $0 } }
            return task
        }

        func release() { isFree.withLock { $0 = true } }
    }

    @Test("what finds the queue full is refused at once, and what waits is done")
    func queueFull() async throws {
        let busy = try BusyPool(waiting: 2, waitMilliseconds: 60_000)
        let first = await busy.occupy()
        let waiting = (0..<2).map { _ in Task { try await busy.pool.ping() } }
        #expect(await eventually { busy.pool.waiting == 2 })
        let error = await #expect(throws: MongoError.self) { try await busy.pool.ping() }
        #expect(error?.kind == .overloaded)
        busy.release()
        try await first.value
        for task in waiting { try await task.value }
        await busy.pool.close()
    }

    @Test("what has waited too long does not begin")
    func waitedTooLong() async throws {
        let busy = try BusyPool(waiting: 10, waitMilliseconds: 300)
        let first = await busy.occupy()
        let late = Task { try await busy.pool.ping() }
        #expect(await eventually { busy.pool.waiting == 1 })
        let begun = ContinuousClock.now
        #expect(await eventually { ContinuousClock.now - begun > .milliseconds(400) })
        busy.release()
        let error = await #expect(throws: MongoError.self) { try await late.value }
        #expect(error?.kind == .overloaded)
        try await first.value
        try await busy.pool.ping()
        await busy.pool.close()
    }

    @Test("a task that is cancelled while it waits for a thread ends without having done anything")
    func cancelled() async throws {
        let busy = try BusyPool(waiting: 10, waitMilliseconds: 60_000)
        let first = await busy.occupy()
        let hasRun = Locked(false)
        let late = Task { try await busy.pool.run { _ in hasRun.withLock { $0 = true } } }
        #expect(await eventually { busy.pool.waiting == 1 })
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
        #expect(busy.pool.waiting == 0)
        busy.release()
        try await first.value
        #expect(!hasRun.withLock { $0 })
        await busy.pool.close()
    }

    @Test("a task on a loop is on its loop again after an operation")
    func loops() async throws {
        let loops = LoopGroup(count: 1, name: "mongo-test")
        let pool = try MongoPool(uri: stackURI(), threads: 2)
        let stayed = try await withTaskExecutorPreference(loops.loops[0]) { @concurrent in
            let before = Loop.current
            try await pool.ping()
            return before != nil && Loop.current === before
        }
        #expect(stayed)
        await pool.close()
        await loops.shutdown()
    }

    @Test("what libmongoc says goes to our log")
    func log() async throws {
        let sink = MemorySink()
        MongoLog.send(to: Log(service: "test", level: .debug, sink: sink))
        let pool = try MongoPool(uri: "mongodb://127.0.0.1:1/?nonsense=1", threads: 1)
        let isLogged = await eventually { sink.lines.contains { $0.contains("\"libmongoc\"") && $0.contains("nonsense") && $0.contains("\"warning\"") } }
        #expect(isLogged)
        await pool.close()
    }

    @Test("operations, waits and failures are measured")
    func metrics() async throws {
        let failures = Metrics.shared.counter("mongo_failures_total", help: "", labels: ["kind"])
        try await MongoDatabase.with { database in
            let before = failures.value("server")
            await #expect(throws: MongoError.self) { try await database["x"].find(["a": ["$nonsense": 1]]) }
            #expect(failures.value("server") > before)
        }
        let text = String(decoding: Metrics.shared.text(), as: UTF8.self)
        for name in ["mongo_operation_seconds_count", "mongo_wait_seconds_count", "mongo_waiting"] { #expect(text.contains(name)) }
    }

    @Test("many operations at once each get their own answer")
    func concurrent() async throws {
        try await MongoDatabase.with(threads: 4) { database in
            let numbers = database["numbers"]
            try await numbers.insertMany((0..<100).map { ["_id": .int($0), "square": .int($0 * $0)] }).requireAll()
            let right = try await withThrowingTaskGroup(of: Bool.self) { group in
                for n in 0..<300 { group.addTask { try await numbers.findOne(["_id": .int(n % 100)])?.int("square") == (n % 100) * (n % 100) } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(right == 300)
        }
    }
}
