import Courses
import Glibc
import Kit
import Loop

/// `lyceum courses import`: loads a catalogue.
enum CoursesCommand {
    static let verb = Verb("courses", "Manage the catalogue.", verbs: [
        Verb(
            "import", "Load a catalogue: one course a line, as JSON.",
            details: """
                Fields: id and title; optional subtitle, description, level, is_paid, price, price_currency, enrolled, rating, num_reviews, num_lectures,
                duration_hours, published_at, instructors, category, subcategory, language, skills, platform. Others are ignored.
                It can be stopped at any moment and run again: it goes on where it ended, and a course that is there already is left alone.
                Bad lines are reported and skipped.
                """,
            examples: ["courses import courses.ndjson.gz"],
            arguments: [Argument("FILE", "A file of lines; .gz is unpacked on the way.")], run: run)
    ])

    private static func run(_ words: Words) async throws -> Int32 {
        let path = words.argument(0) ?? ""
        let program = try Program(loops: 1)
        let context = try program.context(CoursesService.name)
        let isTerminal = isatty(STDERR_FILENO) == 1
        let progress = try await program.loops.run {
            let lines = try CatalogueFile(path: path)
            return try await CoursesService.importCatalogue(
                context, file: lines.identity, nextLine: { try lines.next() },
                reportBad: { line, why in CommandLineTable.writeError("\(isTerminal ? "\r\u{1B}[K" : "")line \(line) is skipped: \(why)\n") },
                report: { text in CommandLineTable.writeError(isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n") })
        }
        if isTerminal { CommandLineTable.writeError("\n") }
        CommandLineTable.writeOut("\(progress)\n")
        return 0
    }
}
