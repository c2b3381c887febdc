// Help, made from the table that command lines are read by.
extension CommandLineTable {
    /// Columns of a line of help.
    static let width = 100

    /// The help of the program, or of the verb that `path` names.
    func help(_ path: [String]) throws(CommandLineRefusal) -> String {
        var known = verbs
        var found: Verb?
        for (depth, word) in path.enumerated() {
            guard let verb = known.first(where: { $0.name == word }) else {
                let before = path.prefix(depth)
                throw CommandLineRefusal(
                    "there is no verb \"\((before + [word]).joined(separator: " "))\"\(Suggestion.text(for: word, among: known.map(\.name)))",
                    verb: Array(before))
            }
            found = verb
            known = verb.verbs
        }
        return found.map { helpText($0, path) } ?? helpText()
    }

    /// The help of the program.
    func helpText() -> String {
        var text = "\(program): \(about)\n\nUsage: \(program) VERB [FLAGS]\n"
        text += section("Verbs", flattened(verbs, []).map { ($0.usage, $0.about) })
        text += section("Flags", (flags + [.help]).map { ($0.usage, $0.note) } + (version == nil ? [] : [("    --version", "Show the version.")]))
        if !details.isEmpty { text += "\n\(details)\n" }
        return text + "\n'\(program) help VERB' tells more about a verb.\n"
    }

    /// Verbs that run, with those above them in front.
    private func flattened(_ verbs: [Verb], _ path: [String]) -> [(usage: String, about: String)] {
        verbs.flatMap { verb -> [(usage: String, about: String)] in
            if !verb.verbs.isEmpty { return flattened(verb.verbs, path + [verb.name]) }
            return [((path + [verb.name] + verb.arguments.map(\.usage)).joined(separator: " "), verb.about)]
        }
    }

    private func helpText(_ verb: Verb, _ path: [String]) -> String {
        let name = ([program] + path).joined(separator: " ")
        var text = "\(name): \(verb.about)\n\n"
        guard verb.verbs.isEmpty else {
            text += "Usage: \(name) VERB [FLAGS]\n"
            if !verb.details.isEmpty { text += "\n\(verb.details)\n" }
            text += section("Verbs", flattened(verb.verbs, path).map { ($0.usage, $0.about) })
            return text + examples(verb)
        }
        let words = verb.arguments.map(\.usage).joined(separator: " ")
        text += "Usage: \(name)\(words.isEmpty ? "" : " \(words)")\(verb.flags.isEmpty ? "" : " [FLAGS]")\n"
        if !verb.details.isEmpty { text += "\n\(verb.details)\n" }
        text += section("Arguments", verb.arguments.map { ($0.name, $0.note) })
        text += section("Flags", (verb.flags + flags + [.help]).map { ($0.usage, $0.note) })
        return text + examples(verb)
    }

    private func examples(_ verb: Verb) -> String {
        verb.examples.isEmpty ? "" : "\nExamples:\n" + verb.examples.map { "  \(program) \($0)\n" }.joined()
    }

    /// A heading and two columns; the right one is broken at blanks.
    private func section(_ title: String, _ rows: [(String, String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let left = min(34, rows.map(\.0.count).max() ?? 0)
        var text = "\n\(title):\n"
        for (name, note) in rows {
            let lines = broken(note, at: max(30, Self.width - left - 4))
            let indent = String(repeating: " ", count: left + 4)
            let isLong = name.count > left
            text += "  \(name)" + (isLong ? "\n\(indent)" : String(repeating: " ", count: left - name.count + 2))
            text += lines.joined(separator: "\n\(indent)") + "\n"
        }
        return text
    }

    private func broken(_ text: String, at width: Int) -> [String] {
        var lines: [String] = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty { lines[lines.count - 1] = String(word) }
            else if last.count + 1 + word.count <= width { lines[lines.count - 1] = "\(last) \(word)" }
            else { lines.append(String(word)) }
        }
        return lines
    }
}
