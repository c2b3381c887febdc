/// What a NOTIFY carried.
public struct PostgresNotification: Sendable, Equatable {
    /// The channel it was sent on.
    public let channel: String
    /// Its text, at most 8000 bytes.
    public let payload: String
    /// The server process that sent it.
    public let processID: Int32
}
