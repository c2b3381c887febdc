internal import Loop

/// An answer whose body is pulled piece by piece. What is not pulled is held back at the server: some 256 KiB at most wait here. The
/// transfer ends when this object goes.
public final class CurlStream: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The fields of the head, in their order.
    public let headers: [HeaderField]
    private let multi: CurlMulti
    private let transfer: Transfer
    private let idleMilliseconds: Int

    init(_ outcome: TransferOutcome, of transfer: Transfer, on multi: CurlMulti, idleMilliseconds: Int) {
        status = outcome.status
        headers = outcome.fields
        self.multi = multi
        self.transfer = transfer
        self.idleMilliseconds = idleMilliseconds
    }

    deinit { multi.abandon(transfer) }

    /// The first field of that name, in any case.
    public func header(_ name: String) -> String? { headers.first { $0.isNamed(name) }?.value }

    /// The next bytes, as many as have come; nil at the end. From one task at a time. A body that breaks off, is longer than the request's limit, or
    /// brings nothing for the idle time is an error.
    public func next() async throws(CurlError) -> [UInt8]? {
        if multi.loop.isCurrent { return try await multi.next(of: transfer, idleMilliseconds: idleMilliseconds).get() }
        return try await onItsLoop().get()
    }

    @concurrent private func onItsLoop() async -> Inflow.Piece {
        await withTaskExecutorPreference(multi.loop) { await multi.next(of: transfer, idleMilliseconds: idleMilliseconds) }
    }
}
