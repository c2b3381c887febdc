import Glibc
import MediaPipeline

/// A folder of a name that no other has, which no other user can look into.
struct TemporaryFolder: Sendable {
    let path: String

    /// At `prefix`, with six letters after it.
    static func make(_ prefix: String = "/tmp/lyceum-media-") throws -> TemporaryFolder {
        var template = Array("\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw MediaFailure(file: "make \(prefix)*", errno) }
        return TemporaryFolder(path: template.withUnsafeBytes { String(decoding: $0.dropLast(), as: UTF8.self) })
    }

    /// An empty one.
    func remove() { rmdir(path) }
}
