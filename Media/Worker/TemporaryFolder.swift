import Glibc
import MediaPipeline

/// A folder for one verb, gone with it.
struct TemporaryFolder: Sendable {
    let path: String

    static func make() throws -> TemporaryFolder {
        var template = Array("/tmp/lyceum-media-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw MediaFailure(.file, "make a temporary folder: \(String(cString: strerror(errno)))") }
        return TemporaryFolder(
            path: template.withUnsafeBufferPointer { String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) })
    }

    /// An empty one.
    func remove() { rmdir(path) }
}
