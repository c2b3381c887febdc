public import Kit
public import ObjectStore

extension ObjectStoreError: ProblemConvertible {
    /// 503 when the store is away or has no room; 500 for what should have been known: that an object is not there, or how long it is.
    public var problem: Problem { isRetriable ? .unavailable("The object store") : .internalError() }
}
