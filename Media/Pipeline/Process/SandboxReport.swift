public import JSON

/// What the sandbox holds on this machine, tried in a process of its own.
public struct SandboxReport: Sendable, Hashable, JSONWritable {
    public struct Trial: Sendable, Hashable {
        /// What was tried.
        public let attempt: String
        /// The system's answer.
        public let outcome: String
        public let isRefused: Bool
    }

    struct Confinement: Equatable { let landlockVersion: Int? }

    /// Nil where the kernel has no Landlock: files are then guarded by permissions alone.
    public let landlockVersion: Int?
    public let trials: [Trial]
    /// Nothing that was tried worked.
    public var holds: Bool { !trials.isEmpty && trials.allSatisfy(\.isRefused) }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("holds", holds)
        json.field("landlockVersion", landlockVersion)
        json.array("trials") { json in
            for trial in trials {
                json.beginObject()
                json.field("attempt", trial.attempt)
                json.field("refused", trial.isRefused)
                json.field("outcome", trial.outcome)
                json.endObject()
            }
        }
        json.endObject()
    }
}
