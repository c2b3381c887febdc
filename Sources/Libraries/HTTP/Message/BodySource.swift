internal import Loop

/// Why a request's body cannot be read to its end.
public enum BodyError: Error, Sendable, Equatable {
    /// The client has closed, or was too slow, before the end.
    case clientGone
    /// It is longer than the reader allows, in bytes.
    case tooLarge(limit: Int)
}

/// Where the body of a request comes from.
protocol BodySource: AnyObject, Sendable {
    /// What has arrived, once it is `minimum` bytes or all there is; nil at the end.
    func nextPiece(minimum: Int) async throws(BodyError) -> [UInt8]?
}

/// A body that is there already.
final class GivenBody: BodySource {
    private let rest: Locked<[UInt8]>

    init(_ bytes: [UInt8]) { rest = Locked(bytes) }

    func nextPiece(minimum: Int) async throws(BodyError) -> [UInt8]? {
        let piece = rest.withLock { rest in
            defer { rest = [] }
            return rest
        }
        return piece.isEmpty ? nil : piece
    }
}
