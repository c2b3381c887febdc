import Curl
import Glibc
import Kit
import ObjectStore
import S3

/// Whether the object store can be used: asked as those ask it that serve from it, and nothing is written.
enum ObjectStoreProbe {
    /// What is wrong with the one that `LYCEUM_OBJECT_STORE` names; nil for nothing.
    static func problem(_ configuration: ConfigurationReader, _ curl: CurlClient) async -> String? {
        do {
            let url = try configuration.url("OBJECT_STORE", schemes: ["file", "s3"])
            // A store that is opened makes its folder: what is not there would be made here.
            if url.scheme == "file", let problem = problem(folder: url.path) { return problem }
            _ = try await configuration.objectStore(curl).list(prefix: "streams/", after: nil, limit: 1)
            return nil
        } catch { return "\(error)" }
    }

    /// What is wrong with a folder of objects, as far as it can be told without opening it.
    static func problem(folder: String) -> String? {
        access(folder, R_OK | W_OK | X_OK) == 0 ? nil : "\(folder): \(String(cString: strerror(errno)))"
    }
}
