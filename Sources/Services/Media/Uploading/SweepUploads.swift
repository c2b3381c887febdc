import Kit
import Telemetry

/// Puts right what crashes and clients leave behind: uploads that are whole but were not completed, uploads that nobody went on with, and files
/// that no upload needs.
struct SweepUploads: Sendable {
    /// So many at once.
    static let batch = 100
    /// A file is made before its row: a younger one may still get it.
    static let strayAfterSeconds = 3600.0

    let receive: ReceiveUpload
    let log: Log

    /// Throws when the database is away; the trouble of one upload is logged and keeps none of the others.
    func callAsFunction() async throws {
        for upload in try await receive.store.unfinished(limit: Self.batch) {
            await attempt("a whole upload was not completed", upload.id) { try await receive.finish(upload) }
        }
        while try await removeExpired() == Self.batch {}
        try await removeStrays()
    }

    /// How many there were.
    private func removeExpired() async throws -> Int {
        let expired = try await receive.store.expired(before: receive.clock.now(), limit: Self.batch)
        for id in expired where try await receive.store.remove(id) {
            await attempt("the file of an expired upload was not removed", id) { try await receive.spool.remove(id) }
        }
        return expired.count
    }

    /// Files of uploads that ended when nobody could remove them.
    private func removeStrays() async throws {
        let limit = receive.clock.now().adding(seconds: -Self.strayAfterSeconds)
        var rest = try await receive.spool.uploads(limit: 10_000).filter { $0.uuid.timestamp < limit }[...]
        while !rest.isEmpty {
            let ids = Array(rest.prefix(Self.batch))
            rest = rest.dropFirst(Self.batch)
            let open = try await receive.store.open(ids)
            for id in ids where !open.contains(id) {
                await attempt("a file that no upload needs was not removed", id) { try await receive.spool.remove(id) }
            }
        }
    }

    private func attempt(_ trouble: StaticString, _ id: UploadID, _ body: () async throws -> Void) async {
        do { try await body() } catch {
            log.warning(trouble, [("upload", .string(id.description)), ("error", .string("\(error)"))])
        }
    }
}
