import Kit
import MediaAPI
import Telemetry

/// Marks the ids of uploads.
enum UploadTag {}
typealias UploadID = ID<UploadTag>

/// A resumable upload.
struct Upload: Sendable, Equatable {
    /// For so long after it began it can be gone on with.
    static let lifetimeSeconds = 24 * 3600.0

    let id: UploadID
    let assetID: AssetID
    let ownerID: UserID
    /// Bytes of the whole file.
    let length: Int
    /// What the client said of it, word for word.
    let metadata: String
    /// Bytes that are safe.
    var received: Int
    let expiresAt: Timestamp
    var isComplete: Bool

    /// All bytes are safe; they may not be in the object store yet.
    var isWhole: Bool { received == length }
}
