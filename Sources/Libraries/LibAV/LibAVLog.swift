internal import CLibAV
import Glibc

/// The last lines libav had to say, kept instead of being printed: the reason behind a bare error code.
public enum LibAVLog {
    /// Process-wide, since libav's callback is. Lines of warnings and worse, each at most 512 bytes, the last 32.
    public static func capture() { libav_set_log_sink({ _, line in line.map { LibAVLog.add(String(cString: $0)) } }, AV_LOG_WARNING) }

    /// What was kept, oldest first; kept no longer.
    public static func take() -> [String] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        let taken = lines
        lines = []
        return taken
    }

    private static func add(_ line: String) {
        var text = line
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { return }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if lines.last == text { return }
        if lines.count == 32 { lines.removeFirst() }
        lines.append(text)
    }

    // Both behind the mutex: codec threads log too.
    private nonisolated(unsafe) static var lines: [String] = []
    // Made once, and a mutex is for all threads.
    private nonisolated(unsafe) static let mutex: UnsafeMutablePointer<pthread_mutex_t> = {
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        return mutex
    }()
}

/// The versions that shape the result: part of what a package was made from.
public enum LibAVBuild {
    public static var versions: String {
        [
            ("avformat", avformat_version()), ("avcodec", avcodec_version()), ("avfilter", avfilter_version()), ("swscale", swscale_version()),
            ("swresample", swresample_version()),
        ]
        .map { "\($0) \($1 >> 16).\($1 >> 8 & 255).\($1 & 255)" }.joined(separator: ", ")
    }
}
