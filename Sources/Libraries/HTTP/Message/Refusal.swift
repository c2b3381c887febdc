/// A request that no handler gets. The layer above says how it is answered; the server adds what the protocol wants (`allow`, `connection: close`).
public struct Refusal: Sendable {
    /// Why it is refused.
    public enum Reason: Sendable, Equatable {
        /// 400: the request line, the path or a header field cannot be read in one way only. The text names the part, not the content.
        case malformed(StaticReason)
        /// 404: no route has this path.
        case notFound
        /// 405: the path has routes, for these methods.
        case methodNotAllowed([String])
        /// 500: the handler's answer cannot be sent (a line break in a header, a status that is none).
        case unsendable
    }

    /// The part of a request that was malformed.
    public enum StaticReason: String, Sendable {
        /// Framing and header fields that two servers could read differently.
        case head = "the request's header fields are ambiguous"
        /// The request line's target.
        case target = "the request's target is malformed"
        /// An escape, a dot segment or an encoded slash in the path.
        case path = "the request's path cannot be decoded"
    }

    /// Why.
    public var reason: Reason
    /// The request; its body is not to be read. Path `/` when the target was malformed.
    public var request: Request

    /// The status that goes with the reason.
    public var status: Int {
        switch reason {
        case .malformed: 400
        case .notFound: 404
        case .methodNotAllowed: 405
        case .unsendable: 500
        }
    }

    /// The answer when nobody above has a better one: the status alone.
    public static let plain: @Sendable (Refusal) -> Response = { Response(status: $0.status) }
}
