/// What somebody meant who typed something else.
enum Suggestion {
    /// `; did you mean "serve"?`, empty when nothing is near.
    static func text(for word: String, among known: [String]) -> String {
        let near = known.map { (name: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
        guard let near, near.distance <= max(1, min(3, near.name.count / 3)) || isStart(word, of: near.name) else {
            guard let start = known.first(where: { isStart(word, of: $0) }) else { return "" }
            return "; did you mean \(start)?"
        }
        return "; did you mean \(near.name)?"
    }

    private static func isStart(_ word: String, of name: String) -> Bool { word.drop { $0 == "-" }.count >= 2 && name.hasPrefix(word) }

    /// How many letters to add, drop, change or swap with their neighbour (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(64))
        let right = Array(right.utf8.prefix(64))
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for i in 0..<left.count {
            var row = [i + 1]
            for j in 0..<right.count {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            beforeLast = last
            last = row
        }
        return last[right.count]
    }
}
