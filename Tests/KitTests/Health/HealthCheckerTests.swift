import JSON
import Loop
import TestKit
import Testing

@testable import Kit

@Suite struct HealthCheckerTests {
    private struct Down: Error, CustomStringConvertible { let description = "connection refused" }

    private func running() -> RunState {
        let state = RunState()
        state.enter(.running)
        return state
    }

    @Test("ready when all that is needed is there; what is not needed only shows") func ready() async throws {
        let checker = HealthChecker(
            [HealthCheck("postgres") {}, HealthCheck("redis", neededForReady: false) { throw Down() }], state: running())
        let report = await checker.report(on: testLoops.next())
        #expect(report.isReady)
        let json = try JSONValue.parse(report.jsonBuffer)
        #expect(json["status"] == "ready")
        #expect(json["checks"]?[0] == ["name": "postgres", "status": "ok"])
        #expect(json["checks"]?[1] == ["name": "redis", "status": "degraded", "reason": "connection refused"])
    }

    @Test("not ready, with the reason, when something needed is away or does not answer in time") func notReady() async {
        let loop = testLoops.next()
        let checker = HealthChecker(
            [
                HealthCheck("broker") { throw Down() },
                HealthCheck("mongo", timeoutMilliseconds: 20) { try await loop.sleep(milliseconds: 60_000) },
            ], state: running())
        let report = await checker.report(on: loop)
        #expect(!report.isReady)
        #expect(report.findings.map(\.reason) == ["connection refused", "no answer within 20 ms"])
    }

    @Test("not ready before all services are up, nor while draining") func phases() async {
        let state = RunState()
        let checker = HealthChecker([], state: state)
        #expect(await !checker.report(on: testLoops.next()).isReady)
        state.enter(.running)
        #expect(await checker.report(on: testLoops.next()).isReady)
        state.enter(.draining)
        #expect(await !checker.report(on: testLoops.next()).isReady)
    }

    @Test("nothing is checked while the process is being started") func starting() async {
        let (state, asked) = (RunState(), Locked(0))
        let checker = HealthChecker([HealthCheck("keys") { asked.withLock { $0 += 1 } }], state: state)
        let early = await checker.report(on: testLoops.next())
        #expect(!early.isReady && early.findings.isEmpty && asked.withLock { $0 } == 0)
        state.enter(.running)
        #expect(await checker.report(on: testLoops.next()).isReady)
        #expect(asked.withLock { $0 } == 1)
    }

    @Test("who asks while a check runs hears what it finds") func together() async {
        let begun = Locked(0)
        let release = Locked(false)
        let check = HealthCheck("slow", timeoutMilliseconds: 60_000) {
            begun.withLock { $0 += 1 }
            while !release.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        }
        let checker = HealthChecker([check], state: running())
        let loop = testLoops.next()
        async let first = checker.report(on: loop)
        #expect(await eventually { begun.withLock { $0 } == 1 })
        async let second = checker.report(on: testLoops.next())
        release.withLock { $0 = true }
        #expect(await first.isReady)
        #expect(await second.isReady)
    }

    @Test("a check that is stuck is not begun again until it ends") func stuck() async {
        let begun = Locked(0)
        let release = Locked(false)
        let check = HealthCheck("stuck", timeoutMilliseconds: 20) {
            begun.withLock { $0 += 1 }
            while !release.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(5)); await Task.yield() }
        }
        let checker = HealthChecker([check], state: running())
        let loop = testLoops.next()
        #expect(await checker.report(on: loop).findings[0].reason == "no answer within 20 ms")
        #expect(await checker.report(on: loop).findings[0].reason == "no answer within 20 ms")
        #expect(begun.withLock { $0 } == 1)
        release.withLock { $0 = true }
        #expect(await eventually { await checker.report(on: loop).isReady })
    }
}
