import Kit
import MediaAPI
import Telemetry

/// What is known of uploads and assets. What changes more than one thing, or tells of it, is one transaction.
protocol UploadStore: Sendable {
    func create(_ upload: Upload, metadata: UploadMetadata, at time: Timestamp, _ once: Once<Upload>) async throws
    func upload(_ id: UploadID, of owner: UserID) async throws -> Upload?
    /// Remembers that so many bytes are safe; false when the upload was given up or is complete.
    func advance(_ id: UploadID, to received: Int) async throws -> Bool
    /// All bytes are in the object store: the asset waits for a worker. Doing it again changes nothing; false when the upload was given up.
    func complete(_ upload: Upload, traceparent: String?, at time: Timestamp) async throws -> Bool
    /// Forgets an upload that was not completed, and its asset; false when it was.
    func remove(_ id: UploadID) async throws -> Bool
    /// Uploads that nobody went on with.
    func expired(before time: Timestamp, limit: Int) async throws -> [UploadID]
    /// Uploads whose bytes are all safe, but that were not completed.
    func unfinished(limit: Int) async throws -> [Upload]
    /// Those of `ids` that wait for bytes.
    func open(_ ids: [UploadID]) async throws -> Set<UploadID>

    func asset(_ id: AssetID) async throws -> Asset?
    func assets(of course: String, owner: UserID, page: PageRequest) async throws -> Page<Asset>
}
