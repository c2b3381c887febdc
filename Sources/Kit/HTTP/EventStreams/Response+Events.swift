public import HTTP
internal import Loop

extension Response {
    /// A stream of events (`text/event-stream`) as `next` gives them, until it gives nil.
    ///
    /// `next` is asked when the event before has gone to the socket, so a slow client holds it back; while it waits, a comment goes out after each
    /// `silenceMilliseconds`, so that nobody between takes the connection for dead. When the client goes its task is cancelled. When the process
    /// drains the stream ends, and the client connects to another instance after `retryMilliseconds`, with the id of the last event that it has:
    /// `RequestContext.lastEventID`. An error breaks the stream off, which has the same effect.
    public static func events(
        for context: RequestContext, silenceMilliseconds: UInt64 = 15_000, retryMilliseconds: Int = 3000, state: RunState = .process,
        _ next: @escaping @Sendable () async throws -> ServerSentEvent?
    ) -> Response {
        let feed = EventFeed(on: context.request.loop, silenceMilliseconds: silenceMilliseconds, state: state, next)
        let greeting = Locked<[UInt8]?>(Array("retry: \(max(0, retryMilliseconds))\n\n".utf8))
        return Response(
            headers: [("content-type", "text/event-stream"), ("cache-control", "no-store"), ("x-accel-buffering", "no")],
            body: .stream(length: nil) {
                // At once, so that the client knows that it is connected before anything happens.
                let first = greeting.withLock { greeting in
                    defer { greeting = nil }
                    return greeting
                }
                if let first { return first }
                return try await feed.piece()
            })
    }
}

extension RequestContext {
    /// The id of the last event that a client had which connects again; nil when it begins.
    public var lastEventID: String? { header("last-event-id").flatMap { $0.isEmpty ? nil : $0 } }
}
