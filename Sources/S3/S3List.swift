internal import Curl
internal import ObjectStore
internal import XML

/// A list of what a bucket holds below its prefix (ListObjectsV2).
struct S3List: Sendable {
    let client: S3Client
    let prefix: String

    /// What is no key of ours is passed over: a bucket may hold more.
    func page(after: ObjectKey?, limit: Int) async throws -> ObjectPage {
        var found: [ObjectFacts] = []
        var start = after.map { client.bucket.prefix + $0.text }
        while true {
            let (objects, last) = try await part(after: start, limit: limit - found.count)
            found += objects
            guard let last else { return ObjectPage(objects: found, next: nil) }
            if found.count >= limit { return ObjectPage(objects: found, next: found.last?.key) }
            start = last
        }
    }

    /// The objects of one answer, and the last key in it when more follow.
    private func part(after: String?, limit: Int) async throws -> (objects: [ObjectFacts], last: String?) {
        var query = [("list-type", "2"), ("max-keys", "\(limit)")]
        if let after { query.append(("start-after", after)) }
        let whole = client.bucket.prefix + prefix
        if !whole.isEmpty { query.append(("prefix", whole)) }
        let answer = try await client.send(client.request("GET", nil, query: query), "list \(prefix)")
        let list: XMLElement
        do { list = try XMLElement(parsing: answer.body) } catch { throw ObjectStoreError(.unavailable, "list \(prefix): \(error)") }
        let contents = list.children.filter { $0.name == "Contents" }
        let objects = contents.compactMap { facts($0) }
        return (objects, list["IsTruncated"] == "true" ? contents.last?["Key"] : nil)
    }

    private func facts(_ element: XMLElement) -> ObjectFacts? {
        guard let text = element["Key"], text.hasPrefix(client.bucket.prefix), let key = ObjectKey(String(text.dropFirst(client.bucket.prefix.count))),
              let size = element["Size"].flatMap({ Int($0) }), let tag = element["ETag"]
        else { return nil }
        return ObjectFacts(key: key, size: size, etag: S3ObjectStore.plain(tag))
    }
}
