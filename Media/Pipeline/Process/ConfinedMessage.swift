import JSON
import Linux

/// What the confined process says, a line each, over its standard output.
enum ConfinedMessage: Equatable {
    /// The sandbox is closed; nil where the kernel has no Landlock.
    case confined(landlock: Int?)
    /// Per cent.
    case progress(Int)
    case report(ProbeReport)
    /// The folder is written; its manifest says what it is.
    case packaged
    case trial(attempt: String, outcome: String, isRefused: Bool)
    case failure(MediaFailure)

    /// A report names at most 32 streams.
    static let longestLine = 64 << 10

    var line: [UInt8] {
        let json = JSONWriter.object { json in
            switch self {
            case .confined(let landlock): json.object("confined") { $0.field("landlock", landlock) }
            case .progress(let percent): json.field("progress", percent)
            case .report(let report): json.field("report", report)
            case .packaged: json.field("packaged", true)
            case .trial(let attempt, let outcome, let isRefused):
                json.object("trial") { json in
                    json.field("attempt", attempt)
                    json.field("outcome", outcome)
                    json.field("refused", isRefused)
                }
            case .failure(let failure): json.field("failure", failure)
            }
        }
        return json.array + [UInt8(ascii: "\n")]
    }

    /// Nil for a line that says nothing known, which is the end of trusting that process.
    static func read(_ line: [UInt8]) -> ConfinedMessage? {
        guard let value = try? JSONValue.parse(line, limits: JSONLimits(depth: 8, values: 5000)) else { return nil }
        var fields = JSONFields(value)
        var message: ConfinedMessage?
        if fields.has("confined") {
            message = fields.object("confined") { .confined(landlock: $0.optionalInt("landlock", in: 1...1000)) }
        } else if fields.has("progress") {
            message = .progress(fields.int("progress", in: 0...100))
        } else if fields.has("report") {
            message = fields.object("report") { .report(ProbeReport(from: &$0)) }
        } else if fields.has("packaged") {
            message = fields.bool("packaged") ? .packaged : nil
        } else if fields.has("trial") {
            message = fields.object("trial") {
                .trial(attempt: $0.string("attempt", length: 1...200), outcome: $0.string("outcome", length: 1...200), isRefused: $0.bool("refused"))
            }
        } else if fields.has("failure") {
            message = fields.object("failure") { .failure(MediaFailure(from: &$0)) }
        }
        do { try fields.finish() } catch { return nil }
        return message
    }
}
