import Kit
import MediaAPI
import Postgres
import Telemetry
@testable import Media

/// A store between whose steps something happens.
struct InterruptedStore: UploadStore {
    let base: PostgresUploadStore
    /// After an upload was looked at.
    var afterLook: @Sendable () async throws -> Void = {}
    /// Before an upload is completed; the object store has it already.
    var beforeCompletion: @Sendable () async throws -> Void = {}

    func upload(_ id: UploadID, of owner: UserID) async throws -> Upload? {
        let upload = try await base.upload(id, of: owner)
        try await afterLook()
        return upload
    }
    func complete(_ upload: Upload, traceparent: String?, at time: Timestamp) async throws -> Bool {
        try await beforeCompletion()
        return try await base.complete(upload, traceparent: traceparent, at: time)
    }
    func create(_ upload: Upload, metadata: UploadMetadata, at time: Timestamp, _ once: Once<Upload>) async throws {
        try await base.create(upload, metadata: metadata, at: time, once)
    }
    func advance(_ id: UploadID, to received: Int) async throws -> Bool { try await base.advance(id, to: received) }
    func remove(_ id: UploadID) async throws -> Bool { try await base.remove(id) }
    func expired(before time: Timestamp, limit: Int) async throws -> [UploadID] { try await base.expired(before: time, limit: limit) }
    func unfinished(limit: Int) async throws -> [Upload] { try await base.unfinished(limit: limit) }
    func open(_ ids: [UploadID]) async throws -> Set<UploadID> { try await base.open(ids) }
    func asset(_ id: AssetID) async throws -> Asset? { try await base.asset(id) }
    func assets(of course: String, owner: UserID, page: PageRequest) async throws -> Page<Asset> {
        try await base.assets(of: course, owner: owner, page: page)
    }
}

extension MediaBench {
    /// The use case with something happening in its midst.
    func interrupted(_ store: InterruptedStore) -> ReceiveUpload {
        ReceiveUpload(
            store: store, spool: receive.spool, originals: receive.originals, courses: receive.courses, clock: receive.clock,
            maximumBytes: receive.maximumBytes)
    }
}
