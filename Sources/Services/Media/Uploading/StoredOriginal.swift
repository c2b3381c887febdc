import Kit
import MediaAPI
import ObjectStore

/// Uploaded files in the object store.
struct StoredOriginal: Sendable {
    let objects: any ObjectStore

    /// `originals/<asset>`
    static func key(of asset: AssetID) -> String { "originals/\(asset)" }

    /// Puts a whole file under its asset's key. Doing it again changes nothing.
    func put(file path: String, of asset: AssetID) async throws {
        guard let key = ObjectKey(Self.key(of: asset)) else { throw MediaError.noSuchAsset }
        do { try await objects.put(file: path, at: key) } catch let error as ObjectStoreError where error.kind == .full { throw MediaError.full }
    }

    /// Removes the file of an asset that is given up.
    func remove(of asset: AssetID) async throws {
        guard let key = ObjectKey(Self.key(of: asset)) else { throw MediaError.noSuchAsset }
        try await objects.delete(key)
    }
}
