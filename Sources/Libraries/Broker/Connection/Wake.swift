internal import CRabbitMQ
import Glibc

/// A descriptor that ends another thread's `poll` (eventfd). Pulses that come before they are looked at are one pulse.
final class Wake: Sendable {
    let descriptor: CInt

    init() {
        descriptor = eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC))
        precondition(descriptor >= 0, "no eventfd: \(String(cString: strerror(errno)))")
    }

    deinit { close(descriptor) }

    func pulse() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    /// Waits, blocking, for a pulse or for `other` to be readable.
    func wait(orReadable other: CInt? = nil, milliseconds: Int) {
        var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        if let other { descriptors.append(pollfd(fd: other, events: Int16(POLLIN), revents: 0)) }
        _ = poll(&descriptors, nfds_t(descriptors.count), CInt(max(0, min(milliseconds, 60_000))))
        clear()
    }
}
