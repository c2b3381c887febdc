import Curl
import Loop
import ObjectStore
import S3
import TestKit

/// The stores that must behave alike.
enum StoreKind: Sendable, CustomStringConvertible {
    case directory
    case bucket(BucketServer.Program)

    static var present: [StoreKind] { [.directory] + BucketServer.Program.present.map { .bucket($0) } }

    /// nanio walks folders: `a/b` comes before `a-b` when a list has pages. It reads an object's facts and its bytes one after
    /// the other, and refuses a range that ends beyond the object.
    var isExact: Bool {
        if case .bucket(.nanio) = self { false } else { true }
    }

    var description: String {
        switch self {
        case .directory: "directory"
        case .bucket(let program): program.rawValue
        }
    }
}

/// A store for one test, empty.
func withStore(_ kind: StoreKind, partBytes: Int = 16 << 20, _ body: @escaping @Sendable (any ObjectStore) async throws -> Void) async throws {
    switch kind {
    case .directory:
        let folder = try TestFolder()
        try await body(try DirectoryObjectStore(path: folder.path + "/store"))
    case .bucket(let program):
        let server = try await BucketServer(program), loops = LoopGroup(count: 1, name: "s3-test"), curl = patientClient(loops)
        let store = S3ObjectStore(try server.bucket(prefix: "some/place"), key: BucketServer.key, curl: curl, partBytes: partBytes)
        let result = await Task { try await loops.run { try await body(store) } }.result
        await curl.close()
        await loops.shutdown()
        try result.get()
    }
}

func key(_ text: String) throws -> ObjectKey {
    guard let key = ObjectKey(text) else { throw TestProgram.Failure("\(text) is no key") }
    return key
}

/// The kind of the error that must come.
func kind(_ body: () async throws -> Void) async -> ObjectStoreError.Kind? {
    do {
        try await body()
        return nil
    } catch { return (error as? ObjectStoreError)?.kind }
}
