import Glibc

/// Waits until `condition` holds and returns true; false when it did not within `limit`, which is longer where everything is slower
/// (`LYCEUM_PATIENCE`, a factor). For what another process or thread brings about.
public func eventually(within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + limit * patience
    while true {
        if try await condition() { return true }
        guard ContinuousClock.now < end else { return false }
        try? await Task.sleep(for: .milliseconds(10))
    }
}

private let patience = getenv("LYCEUM_PATIENCE").flatMap { Double(String(cString: $0)) } ?? 1
