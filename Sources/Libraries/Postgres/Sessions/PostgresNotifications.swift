import Loop

/// What is heard on some channels, as a sequence that ends when its task is cancelled or the pool is closed.
///
/// It has a connection of its own and makes it again when it is lost. Nothing is kept by the server: after each `gap` look at the tables.
public struct PostgresNotifications: AsyncSequence, Sendable {
    /// What a listener is told.
    public enum Element: Sendable, Equatable {
        /// The connection is new, or more came than was read: something may have been missed. Comes first of all.
        case gap
        /// Somebody called `notify`.
        case notification(PostgresNotification)
    }

    let pool: PostgresPool
    let channels: [String]
    let limit: Int

    /// Starts to listen at the first `next`.
    public func makeAsyncIterator() -> Iterator { Iterator(listener: Listener(pool.local, channels, limit: limit)) }

    /// Listens until it is let go.
    public struct Iterator: AsyncIteratorProtocol {
        let listener: Listener

        /// The next, or nil at the end. Loss of the connection is not an end.
        public func next() async -> Element? {
            let listener = listener
            return await listener.loop.hop { await listener.next() }
        }
    }
}

extension PostgresPool {
    /// What is heard on `channels`. At most `limit` notifications wait to be read; beyond, there is a gap.
    public func notifications(on channels: [String], limit: Int = 1024) -> PostgresNotifications {
        PostgresNotifications(pool: self, channels: channels, limit: limit)
    }
}

/// A connection that listens. All of it runs on its loop.
final class Listener: @unchecked Sendable {   // touched on the loop's thread only
    let loop: Loop
    private let pool: LoopPool
    private let listen: [Connection.Call]
    private var buffer: NotificationBuffer
    private var connection: Connection?
    private var waiter: UnsafeContinuation<Void, Never>?
    private var isEnded = false
    private var failures = 0

    init(_ pool: LoopPool, _ channels: [String], limit: Int) {
        self.pool = pool
        loop = pool.loop
        buffer = NotificationBuffer(limit: limit)
        listen = channels.map { (.once("LISTEN " + Listener.quoted($0)), []) }
    }

    deinit {
        guard let connection else { return }
        Task(executorPreference: loop) { [pool] in pool.closeOwn(connection) }
    }

    /// A name as SQL writes it.
    static func quoted(_ name: String) -> String {
        "\"" + name.flatMap { $0 == "\"" ? "\"\"" : String($0) } + "\""
    }

    func next() async -> PostgresNotifications.Element? {
        loop.preconditionCurrent()
        while !Task.isCancelled, !isEnded {
            if let element = buffer.next() { return element }
            if connection == nil { await connect() } else { await arrival() }
        }
        return nil
    }

    private func connect() async {
        let result = await pool.openOwn(onLost: { [weak self] _ in self?.lost() })
        guard case .success(let connection) = result else { return await pause(after: result) }
        connection.events.notified = { [weak self] in self?.heard($0) }
        let outcome = await connection.run(listen)
        guard case .success = outcome, connection.lost == nil else {
            pool.closeOwn(connection)
            return await pause(after: result)
        }
        self.connection = connection
        failures = 0
        buffer.gap()
    }

    private func pause(after result: LoopPool.Grant) async {
        if case .failure(.closed) = result { isEnded = true }
        guard !isEnded else { return }
        failures += 1
        try? await loop.sleep(milliseconds: UInt64(Double(min(2000, 50 << min(failures, 6))) * .random(in: 0.5...1)))
    }

    private func arrival() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                if connection == nil || !buffer.isEmpty { continuation.resume() } else { waiter = continuation }
            }
        } onCancel: {
            Task(executorPreference: loop) { self.wake() }
        }
    }

    private func heard(_ notification: PostgresNotification) {
        buffer.append(notification)
        wake()
    }

    private func lost() {
        connection = nil
        wake()
    }

    private func wake() {
        waiter?.resume()
        waiter = nil
    }
}
