public import Curl
public import Kit
public import ObjectStore

extension ConfigurationReader {
    /// What `LYCEUM_OBJECT_STORE` takes, in words.
    public static let objectStoreForms = "file:///FOLDER or s3://BUCKET[/PREFIX]?region=REGION[&endpoint=http://HOST:PORT]"

    /// The object store that `LYCEUM_OBJECT_STORE` names: a folder (`file:///…`), or a bucket (`s3://bucket/prefix?region=…&endpoint=…`) with the key
    /// of `LYCEUM_OBJECT_STORE_KEY_ID` and `LYCEUM_OBJECT_STORE_KEY_SECRET`. `curl` makes the client for a bucket, which is the caller's to close.
    public func objectStore(_ curl: @autoclosure () -> CurlClient) throws -> any ObjectStore {
        let url = try url("OBJECT_STORE", schemes: ["file", "s3"])
        guard url.scheme == "s3" else { return try DirectoryObjectStore(path: url.path) }
        let region = url.query("region") ?? "us-east-1", endpoint = url.query("endpoint")
        guard url.port == nil, let bucket = S3Bucket(url.host, prefix: String(url.path.split(separator: "/").joined(separator: "/")), region: region, endpoint: endpoint)
        else { throw ConfigurationError(key: "LYCEUM_OBJECT_STORE", "is not \(Self.objectStoreForms)") }
        let key = S3Key(id: try string("OBJECT_STORE_KEY_ID"), secret: try secret("OBJECT_STORE_KEY_SECRET").reveal())
        return S3ObjectStore(bucket, key: key, curl: curl())
    }
}
