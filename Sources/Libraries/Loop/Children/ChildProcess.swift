/// Another program, started and awaited on a loop. It has descriptors 0, 1 and 2; all others are closed in it.
///
/// Cancelling the task asks the child to stop (SIGTERM) and ends it (SIGKILL) after the grace. A loop that ends kills its children at once.
public struct ChildProcess: Sendable {
    /// What the child reads from descriptor 0.
    public enum Input: Sendable {
        /// Nothing: /dev/null.
        case none
        /// These bytes, then the end; what the child does not read is dropped.
        case bytes([UInt8])
    }

    /// Where the child's descriptor 1 or 2 goes.
    public enum Output: Sendable {
        /// Where ours goes.
        case inherit
        /// Nowhere: /dev/null.
        case discard
        /// Into `Outcome`, at most so many bytes; the rest is read and dropped.
        case capture(limit: Int)
        /// To the closure, piece by piece as it comes, on the loop.
        case pieces(@Sendable ([UInt8]) -> Void)
    }

    /// How a child ended.
    public enum Exit: Sendable, Equatable {
        /// It returned this code.
        case code(Int)
        /// A signal ended it.
        case signal(CInt)
    }

    /// What is left of a child.
    public struct Outcome: Sendable, Equatable {
        /// How it ended.
        public var exit: Exit
        /// What was captured of its standard output.
        public var output: [UInt8] = []
        /// What was captured of its standard error.
        public var errorOutput: [UInt8] = []
        /// More was written than the limits allow.
        public var isTruncated = false
        /// It returned 0.
        public var isSuccess: Bool { exit == .code(0) }
    }

    /// A program that could not be started.
    public struct SpawnError: Error, Sendable, CustomStringConvertible {
        /// The program.
        public var path: String
        /// Why, in the words of the system.
        public var message: String
        /// Both in a line.
        public var description: String { "\(path): \(message)" }
    }

    /// A path, or a name to look for in PATH.
    public var path: String
    /// Without the program's own name.
    public var arguments: [String]
    /// The child's whole environment; nil: ours.
    public var environment: [String: String]?
    /// Nil: ours.
    public var workingDirectory: String?
    /// What it reads.
    public var input: Input = .none
    /// Where its standard output goes.
    public var output: Output = .inherit
    /// Where its standard error goes.
    public var errorOutput: Output = .inherit
    /// The child leads a session of its own, and the signals that end it go to all that it started in it.
    public var isGroupLeader = false
    /// From SIGTERM to SIGKILL.
    public var graceMilliseconds: UInt64 = 5000

    /// A program and its arguments; set the rest before `run`.
    public init(_ path: String, _ arguments: [String] = []) {
        self.path = path
        self.arguments = arguments
    }

    /// Starts the program and waits for its end, on the loop of this thread. A code other than 0 is not an error here.
    ///
    /// Throws `SpawnError`. A cancelled task gets the outcome of its child like any other; one that is cancelled before the start gets
    /// `CancellationError`.
    public func run() async throws -> Outcome {
        guard let loop = Loop.current else { preconditionFailure("child processes are started on a loop") }
        return try await run(on: loop)
    }

    /// The same, on the loop given; the caller is on its thread.
    public func run(on loop: Loop) async throws -> Outcome {
        loop.preconditionCurrent()
        try Task.checkCancellation()
        let running = RunningChild(self, on: loop)
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in running.start(continuation) }
        } onCancel: {
            Task(executorPreference: loop) { running.stop() }
        }
    }
}
