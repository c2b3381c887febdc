internal import Curl
internal import JSON
internal import ObjectStore
internal import OpenSSL
internal import XML

/// A file on its way up: in one request, or in parts when it is long.
struct S3Upload: Sendable {
    /// Parts that are on their way at once.
    private static let atOnce = 3
    /// S3 takes 10,000 parts.
    private static let mostParts = 10_000

    let client: S3Client
    let file: S3SourceFile
    let key: ObjectKey
    let partBytes: Int

    /// The entity tag of what is there then.
    func run() async throws -> String {
        guard file.size > partBytes else {
            let request = client.request("PUT", key, payload: try await file.part(0..<file.size))
            return try S3ObjectStore.tag(of: try await client.send(request, "put \(key)"), key)
        }
        let id = try await begin()
        do { return try await complete(id, try await putParts(id)) } catch {
            await abort(id)
            throw error
        }
    }

    private func begin() async throws -> String {
        // Sent twice it would leave an upload that nobody knows of.
        var request = client.request("POST", key, query: [("uploads", "")])
        request.mayRepeat = false
        let answer = try await client.send(request, "begin \(key)")
        guard let id = try document(answer, "begin")["UploadId"] else { throw ObjectStoreError(.unavailable, "begin \(key): the store gives no upload id") }
        return id
    }

    /// The entity tags of the parts, in order. The first failure ends them all.
    private func putParts(_ id: String) async throws -> [String] {
        let bytes = max(partBytes, (file.size + Self.mostParts - 1) / Self.mostParts)
        let ranges = stride(from: 0, to: file.size, by: bytes).map { $0..<min($0 + bytes, file.size) }
        return try await withThrowingTaskGroup(of: (Int, String).self) { group in
            var tags = [String](repeating: "", count: ranges.count)
            for (index, range) in ranges.enumerated() {
                if index >= Self.atOnce, let (done, tag) = try await group.next() { tags[done] = tag }
                group.addTask { (index, try await put(range, number: index + 1, id)) }
            }
            for try await (done, tag) in group { tags[done] = tag }
            return tags
        }
    }

    private func put(_ range: Range<Int>, number: Int, _ id: String) async throws -> String {
        let request = client.request("PUT", key, query: [("partNumber", "\(number)"), ("uploadId", id)], payload: try await file.part(range))
        let answer = try await client.send(request, "put part \(number) of \(key)")
        guard let tag = answer.header("etag") else { throw ObjectStoreError(.unavailable, "\(key): the store gives a part no entity tag") }
        return tag
    }

    private func complete(_ id: String, _ tags: [String]) async throws -> String {
        // An entity tag is a quoted string of what needs no escape (RFC 9110, 8.8.3) but for `&` and `<`.
        let parts = tags.enumerated().map { index, tag in
            let text = tag.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            return "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(text)</ETag></Part>"
        }
        let body = Array("<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>".utf8)
        var request = client.request("POST", key, query: [("uploadId", id)], payload: .bytes(Buffer(body), sha256: SHA256.digest(body)))
        request.timeoutMilliseconds = S3Client.time(for: file.size / 10)   // the store may copy the parts
        let answer = try await client.send(request, "complete \(key)")
        // It may say 200 first, and find out later that it fails.
        let document = try document(answer, "complete")
        guard document.name != "Error", let tag = document["ETag"] else { throw S3Client.failure(answer.status, answer.body, "complete \(key)") }
        return S3ObjectStore.plain(tag)
    }

    /// Also in a task that is cancelled. What cannot be removed now is for the bucket's lifecycle rule.
    private func abort(_ id: String) async {
        await Task { _ = try? await client.send(client.request("DELETE", key, query: [("uploadId", id)]), "abort \(key)") }.value
    }

    private func document(_ answer: CurlResponse, _ operation: String) throws(ObjectStoreError) -> XMLElement {
        do { return try XMLElement(parsing: answer.body) } catch { throw ObjectStoreError(.unavailable, "\(operation) \(key): \(error)") }
    }
}
