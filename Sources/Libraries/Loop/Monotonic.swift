import Glibc

/// Milliseconds of CLOCK_MONOTONIC, which never goes back.
package func monotonicMilliseconds() -> Int { monotonicMicroseconds() / 1000 }

/// Microseconds of CLOCK_MONOTONIC.
package func monotonicMicroseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
}
