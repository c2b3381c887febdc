public import Curl
internal import JSON
internal import Loop
public import ObjectStore
internal import OpenSSL
internal import Telemetry
internal import XML

/// Objects in a bucket of S3 or its like, on any number of machines.
///
/// Every request is signed, bodies with their SHA-256. Files of more than 16 MiB go up in parts; parts of an upload that fails are removed, those that
/// a crash leaves are for a lifecycle rule of the bucket. What fails for a moment is asked again, and a service that is gone is `.unavailable`.
public final class S3ObjectStore: ObjectStore {
    private let client: S3Client
    private let files: Workers<Void>
    private let partBytes: Int

    /// A store in a bucket that exists. Nothing is asked yet. `partBytes`: files longer than this go up in parts of this size, at least 5 MiB for AWS.
    public init(_ bucket: S3Bucket, key: S3Key, curl: CurlClient, partBytes: Int = 16 << 20) {
        client = S3Client(bucket: bucket, key: key, curl: curl)
        files = Workers(threads: 2, waiting: 1024, name: "s3-files") { () }
        self.partBytes = partBytes
    }

    @discardableResult public func put(_ bytes: [UInt8], at key: ObjectKey) async throws -> ObjectFacts {
        let request = client.request("PUT", key, payload: .bytes(Buffer(bytes), sha256: SHA256.digest(bytes)))
        return ObjectFacts(key: key, size: bytes.count, etag: try Self.tag(of: try await client.send(request, "put \(key)"), key))
    }

    @discardableResult public func put(file path: String, at key: ObjectKey) async throws -> ObjectFacts {
        let file = try await S3SourceFile.open(path, key, files)
        let upload = S3Upload(client: client, file: file, key: key, partBytes: partBytes)
        return ObjectFacts(key: key, size: file.size, etag: try await upload.run())
    }

    public func get(_ key: ObjectKey, range: Range<Int>?, limit: Int) async throws -> [UInt8] {
        if let range, range.isEmpty {
            guard try await head(key) != nil else { throw ObjectStoreError(.notFound, "get \(key): it is not there") }
            return []
        }
        let request = client.request("GET", key, headers: range.map { [HeaderField("Range", "bytes=\($0.lowerBound)-\($0.upperBound - 1)")] } ?? [])
        let answer = try await client.bytes(request, limit: limit, "get \(key)")
        guard answer.status == (range == nil ? 200 : 206) else {
            throw ObjectStoreError(.unavailable, "get \(key): the store answers \(answer.status) where a part was wanted")
        }
        return answer.body
    }

    public func open(_ key: ObjectKey) async throws -> any OpenObject {
        guard let facts = try await head(key) else { throw ObjectStoreError(.notFound, "open \(key): it is not there") }
        return S3Object(facts, client)
    }

    public func head(_ key: ObjectKey) async throws -> ObjectFacts? {
        do {
            let answer = try await client.send(client.request("HEAD", key), "look at \(key)")
            guard let size = answer.header("content-length").flatMap({ Int($0) }) else {
                throw ObjectStoreError(.unavailable, "look at \(key): the store does not say its size")
            }
            return ObjectFacts(key: key, size: size, etag: try Self.tag(of: answer, key))
        } catch let error as ObjectStoreError where error.kind == .notFound {
            // An answer to HEAD does not say what it is that is not there.
            do { _ = try await client.send(client.request("HEAD", nil), "look at the bucket \(client.bucket.name)") } catch let error as ObjectStoreError {
                throw error.kind == .notFound ? ObjectStoreError(.unavailable, "there is no bucket \(client.bucket.name)") : error
            }
            return nil
        }
    }

    public func delete(_ key: ObjectKey) async throws {
        do { _ = try await client.send(client.request("DELETE", key), "delete \(key)") } catch let error as ObjectStoreError where error.kind == .notFound {}
    }

    public func list(prefix: String, after: ObjectKey?, limit: Int) async throws -> ObjectPage {
        try await S3List(client: client, prefix: prefix).page(after: after, limit: min(max(1, limit), 1000))
    }

    /// An address at which whoever has it can GET the object, ranges too, for `lastsSeconds` (at most a week). Nothing is asked.
    public func presignedURL(of key: ObjectKey, lastsSeconds: Int) -> String {
        S3Presigner(bucket: client.bucket, key: client.key).url(of: key, lastsSeconds: lastsSeconds, at: .now)
    }

    static func tag(of answer: CurlResponse, _ key: ObjectKey) throws(ObjectStoreError) -> String {
        guard let tag = answer.header("etag") else { throw ObjectStoreError(.unavailable, "\(key): the store gives no entity tag") }
        return plain(tag)
    }

    /// Without its quotes.
    static func plain(_ tag: String) -> String { tag.filter { $0 != "\"" } }
}
