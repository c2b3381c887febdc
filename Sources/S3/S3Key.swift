internal import Curl

/// The key that requests to S3 are signed with. Its secret is not shown.
public struct S3Key: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// Its name, which is no secret.
    public let id: String
    let secret: String

    /// A key pair as the service gave it out.
    public init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    /// The key's name alone.
    public var description: String { id }
    /// The key's name alone.
    public var customMirror: Mirror { Mirror(self, children: ["id": id]) }

    func signing(for region: String) -> AWSSigning { AWSSigning(region: region, accessKey: id, secretKey: secret) }
}
