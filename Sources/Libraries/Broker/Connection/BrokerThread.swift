internal import CRabbitMQ
import Glibc

/// Starts a detached thread. Not generic and in a file of its own: Swift 6.3.1 crashes on `pthread_create` with a closure inside a generic type.
func startBrokerThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
    }
    var thread = pthread_t()
    let failure = pthread_create(&thread, nil, { raw in
        guard let raw else { return nil }
        let start = Unmanaged<Start>.fromOpaque(raw).takeRetainedValue()
        lyceum_name_thread(String(start.name.prefix(15)))
        start.body()
        return nil
    }, Unmanaged.passRetained(Start(name, body)).toOpaque())
    precondition(failure == 0, "no thread can be started: \(String(cString: strerror(failure)))")
    pthread_detach(thread)
}

/// Milliseconds of a clock that never goes back.
func monotonicMilliseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}
