internal import CUV
import Glibc

/// A child from its start to its end, on the loop's thread only.
final class RunningChild: @unchecked Sendable {   // cancelling hops to the loop first
    private let child: ChildProcess
    private let loop: Loop
    private let handle = UVHandle(size: MemoryLayout<uv_process_t>.size)
    private var continuation: UnsafeContinuation<ChildProcess.Outcome, any Error>?
    private var killer: Repeat?
    private var isStopping = false
    private var input: ChildPipe?
    private var outputs: [(pipe: ChildPipe?, kind: ChildProcess.Output)] = []

    init(_ child: ChildProcess, on loop: Loop) {
        self.child = child
        self.loop = loop
    }

    private var process: UnsafeMutablePointer<uv_process_t> { handle.pointer.assumingMemoryBound(to: uv_process_t.self) }

    // MARK: - Start

    func start(_ continuation: UnsafeContinuation<ChildProcess.Outcome, any Error>) {
        guard !loop.isEnding else { return continuation.resume(throwing: CancellationError()) }
        var theirs: [CInt] = []   // the ends that the child has; ours no longer once it runs
        defer { for end in theirs { close(end) } }
        var stdio: [uv_stdio_container_t] = []
        switch child.input {
        case .none: stdio.append(Self.ignored)
        case .bytes(let bytes):
            guard let ends = ChildPipe.ends() else { return fail("no pipe: \(String(cString: strerror(errno)))", continuation) }
            theirs.append(ends.read)
            stdio.append(Self.inherited(ends.read))
            input = .writing(ends.write, on: loop, bytes)
        }
        for (number, kind) in [(CInt(1), child.output), (2, child.errorOutput)] {
            var ours: ChildPipe?
            switch kind {
            case .inherit: stdio.append(Self.inherited(number))
            case .discard: stdio.append(Self.ignored)
            case .capture, .pieces:
                guard let ends = ChildPipe.ends() else { return fail("no pipe: \(String(cString: strerror(errno)))", continuation) }
                theirs.append(ends.write)
                stdio.append(Self.inherited(ends.write))
                ours = .reading(ends.read, on: loop, kind)
            }
            outputs.append((ours, kind))
        }
        guard Self.closesDescriptors else { return fail("descriptors cannot be kept from it", continuation) }
        let failure = spawn(&stdio)
        handle.adopt(by: self)   // a failed start has a handle to close too
        guard failure == 0 else {
            handle.close()
            return fail(String(cString: uv_strerror(failure)), continuation)
        }
        self.continuation = continuation
    }

    private func fail(_ message: String, _ continuation: UnsafeContinuation<ChildProcess.Outcome, any Error>) {
        input?.close()
        for output in outputs { output.pipe?.close() }
        continuation.resume(throwing: ChildProcess.SpawnError(path: child.path, message: message))
    }

    /// Set up once, before the first child.
    private static let closesDescriptors = lyceum_close_on_exec() == 0

    private static var ignored: uv_stdio_container_t {
        var container = uv_stdio_container_t()
        container.flags = UV_IGNORE
        return container
    }

    private static func inherited(_ descriptor: CInt) -> uv_stdio_container_t {
        var container = uv_stdio_container_t()
        container.flags = UV_INHERIT_FD
        container.data.fd = descriptor
        return container
    }

    private func spawn(_ stdio: inout [uv_stdio_container_t]) -> CInt {
        let arguments = CStrings([child.path] + child.arguments)
        let environment = child.environment.map { CStrings($0.map { "\($0.key)=\($0.value)" }.sorted()) }
        let directory = child.workingDirectory.map { strdup($0) }
        defer {
            arguments.free()
            environment?.free()
            if let directory { free(directory) }
        }
        var options = uv_process_options_t()
        options.file = arguments.base.pointee.map { UnsafePointer($0) }
        options.cwd = directory.flatMap { UnsafePointer($0) }
        options.flags = child.isGroupLeader ? UV_PROCESS_DETACHED.rawValue : 0
        options.exit_cb = { process, code, signal in
            UVHandle.owner(of: process?.pointee.data, as: RunningChild.self)?.end(signal == 0 ? .code(Int(code)) : .signal(signal))
        }
        options.args = arguments.base
        options.env = environment?.base
        return stdio.withUnsafeMutableBufferPointer { stdio in
            options.stdio_count = CInt(stdio.count)
            options.stdio = stdio.baseAddress
            return uv_spawn(loop.uv, process, &options)
        }
    }

    // MARK: - End

    func stop() {
        guard continuation != nil, !isStopping else { return }
        isStopping = true
        send(SIGTERM)
        killer = Repeat(everyMilliseconds: child.graceMilliseconds, once: true, on: loop) { [unowned self] in send(SIGKILL) }
    }

    private func send(_ signal: CInt) {
        let id = process.pointee.pid
        guard id > 0 else { return }
        if child.isGroupLeader { kill(-id, signal) } else { uv_process_kill(process, signal) }
    }

    private func end(_ exit: ChildProcess.Exit) {
        // What it started in its session does not outlive a child that was stopped.
        if child.isGroupLeader && isStopping { kill(-process.pointee.pid, SIGKILL) }
        killer?.cancel()
        killer = nil
        input?.close()
        for output in outputs { output.pipe?.finish(output.kind) }
        handle.close()
        let outcome = ChildProcess.Outcome(
            exit: exit, output: outputs[0].pipe?.bytes ?? [], errorOutput: outputs[1].pipe?.bytes ?? [],
            isTruncated: outputs.contains { $0.pipe?.isTruncated == true })
        continuation?.resume(returning: outcome)
        continuation = nil
    }
}

extension RunningChild: HandleOwner {
    /// Killed, not left behind: its end is awaited by the loop.
    func loopEnds() {
        guard continuation != nil else { return }
        isStopping = true
        send(SIGKILL)
    }
}

/// A list of C strings with a nil at its end.
private struct CStrings {
    let base: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        base = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { base[index] = strdup(string) }
        base[count] = nil
    }

    func free() {
        for index in 0..<count { Glibc.free(base[index]) }
        base.deallocate()
    }
}
