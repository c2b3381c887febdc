public import Kit

/// Marks the ids of assets: an uploaded file and what was made of it.
public enum AssetTag {}
public typealias AssetID = ID<AssetTag>

/// Marks the ids of media jobs.
public enum JobTag {}
public typealias JobID = ID<JobTag>
