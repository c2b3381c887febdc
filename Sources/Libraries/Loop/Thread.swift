internal import CUV
import Glibc

/// A thread that was started and is joined once, or never.
package struct Thread: Sendable {
    private let id: pthread_t

    /// Starts a thread named `name` (Linux keeps 15 bytes of it).
    ///
    /// In a file of its own and not generic: Swift 6.3.1 crashes on `pthread_create` with a closure inside a generic type.
    package init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(name, body))
        var id = pthread_t()
        let failure = pthread_create(&id, nil, { raw in
            if let raw { Unmanaged<Start>.fromOpaque(raw).takeRetainedValue().run() }
            return nil
        }, start.toOpaque())
        precondition(failure == 0, "no thread can be started: \(String(cString: strerror(failure)))")
        self.id = id
    }

    /// Waits, blocking, until the thread's body has returned.
    package func join() { pthread_join(id, nil) }

    /// Nobody will join it: its memory goes when it ends.
    package func detach() { pthread_detach(id) }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @escaping @Sendable () -> Void) { self.name = name; self.body = body }
        func run() {
            pthread_setname_np(pthread_self(), String(name.prefix(15)))
            body()
        }
    }
}
