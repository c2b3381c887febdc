internal import JSON
internal import ObjectStore
internal import OpenSSL
internal import Telemetry

/// Addresses of objects that are good for a GET for a while, by whoever has them (AWS Signature Version 4 in the query). libcurl signs heads alone.
struct S3Presigner: Sendable {
    let bucket: S3Bucket
    let key: S3Key

    /// `lastsSeconds` is 1 to 604,800, the week that AWS allows.
    func url(of object: ObjectKey, lastsSeconds: Int, at time: Timestamp) -> String {
        let stamp = Self.stamp(time), scope = "\(stamp.prefix(8))/\(bucket.region)/s3/aws4_request", path = bucket.path(of: object)
        // In the order in which they are signed.
        let query = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", "\(key.id)/\(scope)"), ("X-Amz-Date", stamp),
            ("X-Amz-Expires", "\(min(max(lastsSeconds, 1), 604_800))"), ("X-Amz-SignedHeaders", "host"),
        ].map { "\($0)=\(S3Bucket.encoded($1))" }.joined(separator: "&")
        let canonical = "GET\n\(path)\n\(query)\nhost:\(bucket.host)\n\nhost\nUNSIGNED-PAYLOAD"
        let text = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(Hex.encode(SHA256.digest(canonical)))"
        // Date, region, service and a word, each signed with what came before.
        let signingKey = scope.split(separator: "/").reduce(Array("AWS4\(key.secret)".utf8)) { HMAC.sha256(String($1), key: $0) }
        return "\(bucket.endpoint)\(path)?\(query)&X-Amz-Signature=\(Hex.encode(HMAC.sha256(text, key: signingKey)))"
    }

    /// `20130524T000000Z`
    private static func stamp(_ time: Timestamp) -> String {
        time.rfc3339.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }
}
