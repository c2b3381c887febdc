/// What a connection has prepared. A statement is prepared again under another name when its parameters come with other types than before.
struct PreparedStatements {
    struct Key: Hashable {
        let statement: Int
        let variant: Int
        let generation: Int
    }

    /// How a statement is to be sent.
    enum Use: Equatable {
        /// It is ready.
        case ready(Key)
        /// Prepare it first.
        case new(Key)
        /// Send its text: it is made at run time, or too many are prepared already.
        case unprepared
    }

    static let limit = 512
    static let variantLimit = 8

    private struct Variant {
        let types: [UInt32]
        let key: Key
    }
    private var variants: [Int: [Variant]] = [:]
    private var generation = 0
    private var lastVariant = 0
    private(set) var count = 0

    mutating func use(_ id: Int?, _ parameters: [Parameter]) -> Use {
        guard let id else { return .unprepared }
        let known = variants[id] ?? []
        if let variant = known.first(where: { fits(parameters, $0.types) }) { return .ready(variant.key) }
        guard count < PreparedStatements.limit, known.count < PreparedStatements.variantLimit else { return .unprepared }
        lastVariant += 1
        let key = Key(statement: id, variant: lastVariant, generation: generation)
        variants[id] = known + [Variant(types: parameters.map(\.typeID), key: key)]
        count += 1
        return .new(key)
    }

    private func fits(_ parameters: [Parameter], _ types: [UInt32]) -> Bool {
        guard parameters.count == types.count else { return false }
        for index in types.indices where !parameters[index].fitsAnyType && parameters[index].typeID != types[index] { return false }
        return true
    }

    /// The server refused to prepare it.
    mutating func forget(_ key: Key) {
        guard let known = variants[key.statement], known.contains(where: { $0.key == key }) else { return }
        variants[key.statement] = known.filter { $0.key != key }
        count -= 1
    }

    /// All are gone on the server: `DEALLOCATE ALL`.
    mutating func forgetAll() {
        variants = [:]
        count = 0
        generation += 1
    }
}

extension PreparedStatements.Key {
    /// The name on the server.
    var name: String { "s\(variant)" }
}
