import Loop

extension Server {
    /// Takes no new connection, ends idle ones at once and busy ones after their answer (`connection: close`). What has not ended after the grace is
    /// broken off: its task is cancelled and its socket closed. Returns when nothing is left; a handler that ignores its cancellation is waited for
    /// one second more. On the loop's thread. Cancelling the caller's task changes nothing.
    public func stop(graceMilliseconds: UInt64) async {
        loop.preconditionCurrent()
        // Not inside a call of libmicrohttpd, where the caller's handler may have been started.
        await withUnsafeContinuation { continuation in loop.afterJobs { continuation.resume() } }
        close()
        await untilEmpty(milliseconds: graceMilliseconds)
        if connectionCount > 0 || handlerCount > 0 {
            abort()
            await untilEmpty(milliseconds: 1000)
        }
        free()
    }

    private func untilEmpty(milliseconds: UInt64) async {
        await withUnsafeContinuation { continuation in
            guard connectionCount > 0 || handlerCount > 0 else { return continuation.resume() }
            let timer = Repeat(everyMilliseconds: milliseconds, once: true, on: loop) { [self] in
                whenEmpty = nil
                continuation.resume()
            }
            whenEmpty = {
                timer.cancel()
                continuation.resume()
            }
        }
    }
}
