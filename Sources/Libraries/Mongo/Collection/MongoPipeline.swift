/// A pipeline of which only what its first stage seeks changes from time to time: the stages behind it are encoded once.
public struct MongoPipeline: Sendable {
    /// The elements behind the first, as they lie in the array.
    private let rest: Result<[UInt8], BSONError>

    /// What follows the `$match`. Stages that cannot be encoded are an error when the pipeline is used.
    public init(afterMatch stages: [BSONDocument]) {
        let array = BSONDocument(stages.enumerated().map { (name: String($0.offset + 1), value: .document($0.element)) })
        rest = Result { () throws(BSONError) in try array.encoded() }.map { Array($0[4..<$0.count - 1]) }
    }

    /// All of it, for what `filter` finds.
    func encoded(matching filter: BSONDocument) throws(BSONError) -> [UInt8] {
        var bytes = try BSONDocument([(name: "0", value: ["$match": .document(filter)])]).encoded()
        bytes.removeLast()
        bytes += try rest.get()
        bytes.append(0)
        withUnsafeBytes(of: Int32(truncatingIfNeeded: bytes.count).littleEndian) { bytes.replaceSubrange(0..<4, with: $0) }
        return bytes
    }
}
