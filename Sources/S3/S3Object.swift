internal import Curl
internal import ObjectStore

/// One version of an object in a bucket: each read is a request of its own, and one that finds another version is an error.
final class S3Object: OpenObject {
    let facts: ObjectFacts
    private let client: S3Client

    init(_ facts: ObjectFacts, _ client: S3Client) {
        self.facts = facts
        self.client = client
    }

    func duplicateDescriptor() -> CInt? { nil }

    func read(at offset: Int, count: Int) async throws -> [UInt8] {
        guard let range = existing(offset..<(offset + max(0, count))) else { return [] }
        let answer = try await client.bytes(request(for: range), limit: range.count, "read \(facts.key)")
        try check(answer.status, answer.header("etag"))
        return answer.body
    }

    func pieces(of range: Range<Int>) async throws -> ObjectPieces {
        guard let range = existing(range) else { return { nil } }
        var request = request(for: range)
        request.limit = max(range.count, 64 << 10)   // an error may have more
        let stream = try await client.stream(request, "read \(facts.key)")
        try check(stream.status, stream.header("etag"))
        return { [key = facts.key] in
            do throws(CurlError) { return try await stream.next() } catch { throw S3Client.failure(error, "read \(key)") }
        }
    }

    /// Nil when nothing of it is there.
    private func existing(_ range: Range<Int>) -> Range<Int>? {
        let existing = range.clamped(to: 0..<facts.size)
        return existing.isEmpty ? nil : existing
    }

    private func request(for range: Range<Int>) -> CurlRequest {
        client.request("GET", facts.key, headers: [
            HeaderField("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"), HeaderField("If-Match", "\"\(facts.etag)\""),
        ])
    }

    /// Not every service knows If-Match.
    private func check(_ status: Int, _ tag: String?) throws(ObjectStoreError) {
        guard status == 206 else { throw ObjectStoreError(.unavailable, "read \(facts.key): the store answers \(status), not a part") }
        guard tag.map(S3ObjectStore.plain) == facts.etag else { throw ObjectStoreError(.replaced, "read \(facts.key): it was replaced") }
    }
}
