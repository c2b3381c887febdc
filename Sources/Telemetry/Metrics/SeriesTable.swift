/// The series of one metric, one for each combination of label values.
final class SeriesTable<Series: Sendable>: Sendable {
    /// More combinations than this are counted together under the label value `other`.
    static var limit: Int { 1000 }

    let name: String
    let help: String
    let labels: [String]
    private let series = Guarded<[[String]: Series]>([:])

    init(name: StaticString, help: StaticString, labels: [StaticString]) {
        self.name = name.description
        self.help = help.description
        self.labels = labels.map(\.description)
    }

    func series(_ values: [String], _ make: () -> Series) -> Series {
        precondition(values.count == labels.count, "\(name) has the labels \(labels)")
        return series.withLock { series in
            if let known = series[values] { return known }
            let key = series.count < Self.limit ? values : values.map { _ in "other" }
            if let known = series[key] { return known }
            let made = make()
            series[key] = made
            return made
        }
    }

    var all: [(values: [String], series: Series)] {
        series.withLock { series in series.map { ($0.key, $0.value) } }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
    }

    func writeHead(kind: String, to text: inout String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    /// `name{label="value"} number`, with more labels at the end where a histogram needs one.
    func writeLine(_ suffix: String, _ values: [String], extra: (String, String)? = nil, _ number: Double, to text: inout String) {
        var pairs = zip(labels, values).map { "\($0)=\"\(escaped($1))\"" }
        if let extra { pairs.append("\(extra.0)=\"\(extra.1)\"") }
        text += name + suffix + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") + " \(formatted(number))\n"
    }
}

private func escaped(_ value: String) -> String {
    var out = ""
    for scalar in value.unicodeScalars {
        switch scalar {
        case "\\": out += "\\\\"
        case "\"": out += "\\\""
        case "\n": out += "\\n"
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out
}

func formatted(_ number: Double) -> String {
    if number == .infinity { return "+Inf" }
    return number == number.rounded() && number.magnitude < 1e15 ? String(Int64(number)) : number.description
}
