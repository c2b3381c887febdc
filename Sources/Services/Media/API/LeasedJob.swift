public import JSON
public import Kit

/// A job that a worker holds until its lease ends. Whoever lost the lease can commit nothing: the token is checked with each report.
public struct LeasedJob: Sendable, Equatable, JSONWritable {
    public let jobID: JobID
    public let assetID: AssetID
    public let leaseToken: String
    /// Milliseconds until the lease ends unless a heartbeat prolongs it.
    public let leaseMs: Int
    /// From 1.
    public let attempt: Int
    /// `originals/<asset>` in the object store.
    public let originalKey: String
    public let filename: String
    /// The trace of the upload.
    public let traceparent: String?

    public init(
        jobID: JobID, assetID: AssetID, leaseToken: String, leaseMs: Int, attempt: Int, originalKey: String, filename: String, traceparent: String?
    ) {
        self.jobID = jobID
        self.assetID = assetID
        self.leaseToken = leaseToken
        self.leaseMs = leaseMs
        self.attempt = attempt
        self.originalKey = originalKey
        self.filename = filename
        self.traceparent = traceparent
    }

    public init(from fields: inout JSONFields) {
        jobID = fields.id("jobId")
        assetID = fields.id("assetId")
        leaseToken = fields.string("leaseToken", length: 1...100)
        leaseMs = fields.int("leaseMs", in: 1...86_400_000)
        attempt = fields.int("attempt", in: 1...1000)
        originalKey = fields.string("originalKey", length: 1...300)
        filename = fields.string("filename", length: 0...1000)
        traceparent = fields.optionalString("traceparent", length: 1...200)
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("jobId", jobID)
        json.field("assetId", assetID)
        json.field("leaseToken", leaseToken)
        json.field("leaseMs", leaseMs)
        json.field("attempt", attempt)
        json.field("originalKey", originalKey)
        json.field("filename", filename)
        json.field("traceparent", traceparent)
        json.endObject()
    }
}
