public import JSON
public import Telemetry

/// The id of one kind of thing: `ID<CourseTag>` and `ID<UserTag>` cannot be mistaken for each other. UUIDv7 when made here.
public struct ID<Of>: Hashable, Sendable {
    /// The 128 bits.
    public let uuid: UUID16

    /// A new id, greater than every one that this process made before.
    public init() { uuid = .v7() }

    /// An id that a store keeps.
    public init(_ uuid: UUID16) { self.uuid = uuid }

    /// The canonical text of 36 characters, of either case; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard let uuid = UUID16(text) else { return nil }
        self.uuid = uuid
    }

    /// 16 bytes in network order, as a store delivers them; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard let uuid = UUID16(bytes: bytes) else { return nil }
        self.uuid = uuid
    }

    /// 16 bytes in network order.
    public var bytes: [UInt8] { uuid.bytes }
}

extension ID: CustomStringConvertible, Comparable, JSONWritable {
    /// The canonical text, lower-case: how the id stands in JSON, paths and logs.
    public var description: String { uuid.description }

    /// By time of making.
    public static func < (left: ID, right: ID) -> Bool { left.uuid < right.uuid }

    /// Writes the canonical text as a JSON string.
    public func write(to json: inout JSONWriter) { uuid.write(to: &json) }
}

/// Marks the ids of users.
public enum UserTag {}
/// Who signs in. Declared here, since every service meets it in the principal of a request.
public typealias UserID = ID<UserTag>
