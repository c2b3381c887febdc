public import JSON
import Loop

/// What the checks of a process found.
public struct HealthReport: Sendable, Equatable, JSONWritable {
    /// What one check found.
    public struct Finding: Sendable, Equatable {
        /// The check.
        public let name: String
        /// Why it failed; nil when it did not.
        public let reason: String?
        /// Whether the process is not ready without it.
        public let isNeeded: Bool
    }
    /// One for each check, in their order.
    public let findings: [Finding]
    /// How far the process is.
    public let phase: RunState.Phase

    /// Whether requests should be sent here.
    public var isReady: Bool { phase == .running && findings.allSatisfy { $0.reason == nil || !$0.isNeeded } }

    /// `{"status": "ready", "checks": [{"name", "status", "reason"?}]}`
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("status", isReady ? "ready" : phase == .running ? "not ready" : "\(phase)")
        json.array("checks") { json in
            for finding in findings {
                json.beginObject()
                json.field("name", finding.name)
                json.field("status", finding.reason == nil ? "ok" : finding.isNeeded ? "failed" : "degraded")
                if let reason = finding.reason { json.field("reason", reason) }
                json.endObject()
            }
        }
        json.endObject()
    }
}

/// Runs the checks of a process, all at once, each within its time. Whoever asks while a check runs waits for that one: it is not begun again.
final class HealthChecker: Sendable {
    private let checks: [HealthCheck]
    private let state: RunState
    private let running = Locked<[Int: Task<Void, any Error>]>([:])

    init(_ checks: [HealthCheck], state: RunState) {
        self.checks = checks
        self.state = state
    }

    /// Of a process that is being started nothing is checked: what it would ask may be a port of its own that does not listen yet, and the failure
    /// would be remembered for a while.
    func report(on loop: Loop) async -> HealthReport {
        guard state.phase != .starting else { return HealthReport(findings: [], phase: .starting) }
        let reasons = await withTaskGroup(of: (Int, String?).self) { group in
            for index in checks.indices { group.addTask { [self] in (index, await reason(index, on: loop)) } }
            return await group.reduce(into: [Int: String]()) { reasons, found in reasons[found.0] = found.1 }
        }
        return HealthReport(
            findings: checks.enumerated().map { .init(name: $1.name, reason: reasons[$0], isNeeded: $1.neededForReady) }, phase: state.phase)
    }

    private func reason(_ index: Int, on loop: Loop) async -> String? {
        let check = running.withLock { running in
            let check = running[index] ?? Task(executorPreference: loop) { [self] in
                defer { _ = self.running.withLock { $0.removeValue(forKey: index) } }
                try await checks[index].check()
            }
            running[index] = check
            return check
        }
        do {
            try await withTimeLimit(milliseconds: checks[index].timeoutMilliseconds, on: loop) { try await check.value }
            return nil
        } catch {
            if error is TimeLimitError { check.cancel() }
            return "\(error)"
        }
    }
}
