import JSON

/// What the parent asks of the confined process, over its standard input.
struct ConfinedOrder: Equatable {
    enum Work: String, CaseIterable {
        case probe, package
        /// Try the ways out of the sandbox and say how each ended.
        case trial
    }

    let work: Work
    /// The one file that is opened, before anything is given up.
    let file: String
    /// The one folder that can be written, but for `probe`.
    let folder: String?
    /// Process id of whoever asks: this one ends with it.
    let parent: Int
    let limits: ConfinementLimits

    var bytes: [UInt8] {
        JSONWriter.object { json in
            json.field("work", work.rawValue)
            json.field("file", file)
            json.field("folder", folder)
            json.field("parent", parent)
            json.field("limits", limits)
        }.array
    }

    static func read(_ bytes: [UInt8]) throws -> ConfinedOrder {
        var fields = JSONFields(try JSONValue.parse(bytes))
        let work = fields.choice("work", Work.self)
        let file = fields.string("file", length: 1...4096)
        let folder = fields.optionalString("folder", length: 1...4096)
        let parent = fields.int("parent", in: 1...Int(Int32.max))
        let limits = fields.object("limits") { ConfinementLimits(from: &$0) }
        try fields.finish()
        guard let work, let limits else { throw PipelineError.order("incomplete") }
        return ConfinedOrder(work: work, file: file, folder: folder, parent: parent, limits: limits)
    }
}
