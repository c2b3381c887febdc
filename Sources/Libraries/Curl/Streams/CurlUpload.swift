public import Loop

/// A body that is not in memory: read piece by piece while it goes out, never more than one piece ahead.
public struct CurlUpload: Sendable {
    /// Bytes in all; nil sends chunks (RFC 9112, 7.1) until the source ends.
    public let length: Int?
    /// The bytes from an offset on, as many as are convenient; none at the end. An error ends the transfer (`source`).
    let piece: @Sendable (Int) async throws -> [UInt8]

    /// A body that `piece` gives: from the offset that it is told, some bytes or, at the end, none. Offsets follow each other but for a
    /// connection that broke, after which they begin again at 0: a source that cannot go back throws then.
    public init(length: Int?, piece: @escaping @Sendable (_ offset: Int) async throws -> [UInt8]) {
        self.length = length
        self.piece = piece
    }

    /// Bytes of a file: `range` of it, read on `workers`.
    public static func file(_ path: String, range: Range<Int>, on workers: Workers<Void>) -> CurlUpload {
        let file = UploadFile(path)
        return CurlUpload(length: range.count) { offset in
            let count = min(range.count - offset, pieceBytes)
            guard count > 0 else { return [] }
            return try await workers.run { _ in try file.read(at: range.lowerBound + offset, count: count) }
        }
    }

    private static let pieceBytes = 256 << 10
}
