/// Reads what follows a verb: its flags in any order, its words, `--` before words that look like flags.
struct WordReader {
    let verb: Verb
    let flags: [Flag]
    private var words = Words()

    init(verb: Verb, flags: [Flag], path: [String]) {
        self.verb = verb
        self.flags = flags
        words.path = path
    }

    /// Nil when help is asked for.
    mutating func read(_ arguments: ArraySlice<String>) throws(CommandLineRefusal) -> Words? {
        var rest = arguments
        var wordsOnly = false
        while let word = rest.popFirst() {
            if wordsOnly || !word.hasPrefix("-") || word == "-" {
                words.arguments.append(word)
            } else if word == "--" {
                wordsOnly = true
            } else if word == "--help" || word == "-h" {
                return nil
            } else {
                try readFlag(word, &rest)
            }
        }
        try checkArguments()
        return words
    }

    private mutating func readFlag(_ word: String, _ rest: inout ArraySlice<String>) throws(CommandLineRefusal) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts[0]
        guard let flag = flags.first(where: { "--\($0.name)" == name || $0.letter.map { "-\($0)" } == name }) else {
            let hint = Suggestion.text(for: name, among: (flags + [.help]).map { "--\($0.name)" })
            throw refusal("\(name) is not a flag of \(words.path.joined(separator: " "))\(hint)")
        }
        guard let placeholder = flag.value else {
            guard parts.count == 1 else { throw refusal("--\(flag.name) takes no value") }
            words.switches.insert(flag.name)
            return
        }
        guard let value = parts.count == 2 ? parts[1] : rest.popFirst(), !value.isEmpty else {
            throw refusal("--\(flag.name) needs a value: --\(flag.name) \(placeholder)")
        }
        try check(value, of: "--\(flag.name)", flag.choices)
        words.values[flag.name, default: []].append(value)
    }

    private func checkArguments() throws(CommandLineRefusal) {
        var rest = words.arguments[...]
        for argument in verb.arguments {
            let isNeeded = argument.count == .one || argument.count == .many
            if isNeeded && rest.isEmpty { throw refusal("\(argument.name) is missing: \(argument.note)") }
            let taken = argument.count == .many || argument.count == .any ? rest : rest.prefix(1)
            for word in taken { try check(word, of: argument.name, argument.choices) }
            rest = rest.dropFirst(taken.count)
        }
        if let extra = rest.first { throw refusal("\"\(extra)\" is one word too many") }
    }

    private func check(_ word: String, of name: String, _ choices: [String]) throws(CommandLineRefusal) {
        guard choices.isEmpty || choices.contains(word) else {
            throw refusal("\"\(word)\" is no \(name)\(Suggestion.text(for: word, among: choices)); it is one of \(choices.joined(separator: ", "))")
        }
    }

    private func refusal(_ text: String) -> CommandLineRefusal { CommandLineRefusal(text, verb: words.path) }
}
