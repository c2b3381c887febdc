import MediaAPI
import MediaPipeline
import ObjectStore

/// Puts a finished stream into the object store, in an order in which no reader finds a playlist before what it names.
struct StreamPublisher: Sendable {
    let store: any ObjectStore

    /// `streams/<asset>/<hash>`: the hash stands for all names and bytes, so that another run with the same result writes the same objects.
    static func path(of stream: PackagedStream, _ asset: AssetID) -> String { "streams/\(asset)/\(stream.hash)" }

    /// Segments and pictures, then playlists, then the manifest, the master playlist last.
    static func order(_ manifest: PackageManifest) -> [String] {
        let others = manifest.files.filter { $0.name != manifest.master }
        return others.filter { $0.type != .playlist }.map(\.name) + others.filter { $0.type == .playlist }.map(\.name) + [
            PackageManifest.fileName, manifest.master,
        ]
    }

    /// All files; what the media service is told of them. `progress` gets per cents up to 100.
    func publish(_ stream: PackagedStream, of asset: AssetID, progress: (Int) -> Void) async throws -> MediaStream {
        let path = Self.path(of: stream, asset)
        let names = Self.order(stream.manifest)
        for (index, name) in names.enumerated() {
            try Task.checkCancellation()
            guard let key = ObjectKey("\(path)/\(name)") else { throw MediaFailure(.check, "\(path)/\(name) is no key") }
            try await store.put(file: "\(stream.folder)/\(name)", at: key)
            progress((index + 1) * 100 / names.count)
        }
        return MediaStream(stream.manifest, path: path)
    }
}

extension MediaStream {
    init(_ manifest: PackageManifest, path: String) {
        self.init(
            path: path, durationMs: manifest.durationMilliseconds, width: manifest.width, height: manifest.height, bytes: manifest.bytes,
            renditions: manifest.renditions.filter { $0.kind != .iFrames }.map { Rendition($0) })
    }
}

extension MediaAPI.Rendition {
    init(_ rendition: PackageManifest.Rendition) {
        let isVideo = rendition.kind == .video
        self.init(
            name: rendition.name, codec: rendition.codec, width: isVideo ? rendition.width : nil, height: isVideo ? rendition.height : nil,
            bitrate: rendition.averageBandwidth, bytes: rendition.bytes)
    }
}
