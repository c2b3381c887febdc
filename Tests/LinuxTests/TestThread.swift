import Glibc
import Testing

/// Starts a thread and waits for its end. In a file of its own: `pthread_create` with a closure does not compile inside a generic function.
func startAndJoin(_ body: @escaping @Sendable () -> Void) throws {
    final class Start: Sendable { let body: @Sendable () -> Void; init(_ body: @escaping @Sendable () -> Void) { self.body = body } }
    var thread = pthread_t()
    let failure = pthread_create(
        &thread, nil,
        { raw in
            raw.map { Unmanaged<Start>.fromOpaque($0).takeRetainedValue().body() }
            return nil
        }, Unmanaged.passRetained(Start(body)).toOpaque())
    try #require(failure == 0)
    pthread_join(thread, nil)
}
