import Glibc

/// Our end of a pipe to or from a child, on the loop's thread only.
final class ChildPipe {
    private let descriptor: CInt
    private let loop: Loop
    private var watch: Watch?
    private var isOpen = true
    private(set) var bytes: [UInt8] = []
    private(set) var isTruncated = false
    private var written = 0

    private init(_ descriptor: CInt, on loop: Loop) {
        self.descriptor = descriptor
        self.loop = loop
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    /// A pipe whose two ends are closed in every child that is not given one. Nil when there are no descriptors left.
    static func ends() -> (read: CInt, write: CInt)? {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Reads what the child writes into `descriptor`'s other end.
    static func reading(_ descriptor: CInt, on loop: Loop, _ output: ChildProcess.Output) -> ChildPipe {
        let pipe = ChildPipe(descriptor, on: loop)
        pipe.watch = Watch(descriptor, for: .read, on: loop) { [unowned pipe] _ in pipe.read(output, rounds: 16) }
        return pipe
    }

    /// Writes `bytes`, then closes.
    static func writing(_ descriptor: CInt, on loop: Loop, _ bytes: [UInt8]) -> ChildPipe {
        let pipe = ChildPipe(descriptor, on: loop)
        pipe.bytes = bytes
        pipe.watch = Watch(descriptor, for: .write, on: loop) { [unowned pipe] _ in pipe.write() }
        return pipe
    }

    /// The child has ended: takes what is still in the pipe (it holds 64 KB) and closes it, whoever else has the other end.
    func finish(_ output: ChildProcess.Output) {
        read(output, rounds: 64)
        close()
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        watch?.cancel()
        watch = nil
        Glibc.close(descriptor)
    }

    private func read(_ output: ChildProcess.Output, rounds: Int) {
        for _ in 0..<rounds where isOpen {
            var error: CInt = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, initialized in
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0 { error = errno }
                initialized = max(0, count)
            }
            if piece.isEmpty {
                if error != EAGAIN && error != EINTR { close() }
                return
            }
            take(piece, output)
        }
    }

    private func take(_ piece: [UInt8], _ output: ChildProcess.Output) {
        switch output {
        case .pieces(let body): body(piece)
        case .capture(let limit):
            let room = max(0, limit - bytes.count)
            bytes += piece.prefix(room)
            if piece.count > room { isTruncated = true }
        default: break
        }
    }

    private func write() {
        while written < bytes.count {
            let (count, error) = bytes[written...].withUnsafeBytes { rest in
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                return (count, count < 0 ? errno : 0)
            }
            if error == EAGAIN || error == EINTR { return }
            if count <= 0 { break }
            written += count
        }
        close()
    }
}
