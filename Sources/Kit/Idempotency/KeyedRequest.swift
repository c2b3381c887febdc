import HTTP
import Loop

/// A request that carries an `Idempotency-Key`, on its way through its handler.
final class KeyedRequest: Sendable {
    private let key: IdempotencyKey
    /// `POST /v1/enrollments`
    private let route: String
    /// Remembered as it is read, for the fingerprint.
    private let body = Locked<[UInt8]>([])

    /// Nil when the request has no key, or the route takes none. Throws 400 when it is malformed, or missing where it is required.
    init?(_ request: Request, _ route: Route) throws(Problem) {
        guard let key = try route.idempotency.key(of: request) else { return nil }
        self.key = key
        self.route = "\(route.method) \(route.path)"
    }

    func note(_ bytes: [UInt8]) { body.withLock { $0 = bytes } }

    /// What it is kept under. `fields` are the header fields that its handler reads.
    func identified(_ request: Request, of user: UserID, fields: [StaticString]) -> IdempotentRequest {
        let target = request.path + "?" + (request.rawQuery ?? "")
        let texts = [target] + fields.map { request.headers($0).joined(separator: ",") }
        let fingerprint = IdempotentRequest.fingerprint(of: texts.map { Array($0.utf8) } + [body.withLock { $0 }])
        return IdempotentRequest(user: user, route: route, key: key.text, fingerprint: fingerprint)
    }
}
