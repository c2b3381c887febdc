import Glibc
import LibAV
import Linux

/// The process that reads a stranger's file. It opens that one file, gives up everything but a folder, and then lets libav at it.
///
/// For a program's `main`, before any thread is started: `if CommandLine.arguments.dropFirst().first == ConfinedProcess.verb {
/// _exit(ConfinedProcess.main()) }`. Not `exit`: what libraries want to do at the end, the sandbox may forbid.
public enum ConfinedProcess {
    /// The word that a program starts itself with; not for people.
    public static let verb = "confined"

    /// Takes an order from standard input, answers on standard output. The exit status is 0 when there is an answer.
    public static func main() -> CInt {
        let memory = AddressSpace()
        var limit = Int.max
        do {
            let order = try ConfinedOrder.read(try readOrder())
            limit = order.limits.memoryBytes
            try run(order)
            return 0
        } catch {
            // Encoders report memory that they did not get as an error like any other.
            let isMemory = memory.peak > limit / 10 * 8
            say(.failure(explain(error, LibAVLog.take(), isMemory: isMemory)))
            return 1
        }
    }

    /// With libav's own last words.
    private static func explain(_ error: any Error, _ lines: [String], isMemory: Bool) -> MediaFailure {
        let failure = MediaFailure(error)
        let words = lines.isEmpty ? "" : " (\(lines.suffix(4).joined(separator: "; ")))"
        return MediaFailure(isMemory && failure.kind == .media ? .outOfMemory : failure.kind, String("\(failure.detail)\(words)".prefix(2000)))
    }

    private static func run(_ order: ConfinedOrder) throws {
        try Sandbox.dieWithParent(order.parent)
        try limits(order).apply()
        LibAVLog.capture()
        let file = try SourceFile.open(order.file)
        guard Self.threads == 1 else { throw PipelineError.order("started with \(Self.threads) threads, of which the sandbox would bind one") }
        let confinement = try Sandbox(writable: [order.folder].compactMap { $0 }).enter()
        say(.confined(landlock: confinement.landlockVersion))
        switch order.work {
        case .probe: say(.report(try Probe(limits: ProbeLimits(), stop: StopSignal()).run(file).report))
        case .package: try package(file, order)
        case .trial:
            for trial in SandboxTrial.all(sibling: TrialFolder.sibling(of: order.file), outside: TrialFolder.outside(of: order.file)) {
                say(.trial(attempt: trial.attempt, outcome: trial.outcome, isRefused: trial.isRefused))
            }
        }
    }

    private static func package(_ file: borrowing SourceFile, _ order: ConfinedOrder) throws {
        guard let folder = order.folder else { throw PipelineError.order("no folder to write to") }
        var last = -1
        let packager = Packager(stop: StopSignal()) { percent in
            guard percent > last else { return }
            last = percent
            say(.progress(percent))
        }
        switch try packager.run(file, into: folder) {
        case .refused(let report): say(.report(report))
        case .done: say(.packaged)
        }
    }

    /// A sanitizer maps terabytes for itself: there the address space stays open.
    private static func limits(_ order: ConfinedOrder) -> ResourceLimits {
        var limits = order.limits.resources
        let runtimes: [String] = ["__asan_init", "__tsan_init"]
        if runtimes.contains(where: { dlsym(nil, $0) != nil }) { limits.addressSpace = nil }
        return limits
    }

    private static var threads: Int {
        guard let folder = opendir("/proc/self/task") else { return 1 }
        defer { closedir(folder) }
        var count = -2
        while readdir(folder) != nil { count += 1 }
        return count
    }

    private static func readOrder() throws -> [UInt8] {
        var order: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while order.count < 64 << 10 {
            let count = read(STDIN_FILENO, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return order }
            order += piece.prefix(count)
        }
        throw PipelineError.order("too long")
    }

    private static func say(_ message: ConfinedMessage) {
        let line = message.line
        var written = 0
        while written < line.count {
            let count = line.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress.map { $0 + written }, $0.count - written) }
            if count < 0 && errno == EINTR { continue }
            // Whoever asked is gone; the kernel ends this process with it.
            guard count > 0 else { return }
            written += count
        }
    }
}
