import CoursesAPI
import JSON
import Telemetry

/// One course of a catalogue file (NDJSON): what other platforms list of theirs.
struct CatalogueLine: Sendable, Equatable {
    let key: String
    let title: String
    let subtitle: String?
    let description: String?
    let language: String
    let levels: [CourseLevel]
    let categories: [Category]
    /// Nil where the price is not known.
    let price: Money?
    let instructors: [String]
    let objectives: [String]
    let source: String?
    let enrolled: Int
    let rating: Double?
    let ratings: Int
    let lectureCount: Int
    let durationMs: Int
    let publishedAt: Timestamp?

    /// Reads one line. Throws what is wrong with it: no JSON, or one of the few fields without which there is no course.
    init(_ line: [UInt8]) throws {
        var fields = JSONFields(try JSONValue.parse(line))
        key = fields.string("id", length: 1...300)
        title = fields.string("title", length: 1...500)
        subtitle = fields.optionalString("subtitle", length: 0...2000).flatMap { $0.isEmpty ? nil : $0 }
        description = fields.optionalString("description", length: 0...20_000)
        language = Self.language(&fields)
        levels = fields.optionalString("level", length: 0...40).flatMap { CourseLevel(rawValue: $0.lowercased()) }.map { [$0] } ?? []
        categories = Self.categories(&fields)
        price = Self.price(&fields)
        instructors = fields.optionalStrings("instructors", count: 0...200, length: 0...400).map { Array($0.filter { !$0.isEmpty }.prefix(20)) } ?? []
        objectives = fields.optionalStrings("skills", count: 0...200, length: 0...1000).map { Array($0.filter { !$0.isEmpty }.prefix(20)) } ?? []
        source = fields.optionalString("platform", length: 1...100)
        enrolled = max(fields.optionalInt("enrolled", in: 0...1_000_000_000) ?? 0, 0)
        rating = fields.optionalDouble("rating", in: 0...5)
        ratings = fields.optionalInt("num_reviews", in: 0...1_000_000_000) ?? 0
        lectureCount = fields.optionalInt("num_lectures", in: 0...100_000) ?? 0
        durationMs = Int((fields.optionalDouble("duration_hours", in: 0...100_000) ?? 0) * 3_600_000)
        publishedAt = fields.optionalString("published_at", length: 1...40).flatMap { Timestamp(rfc3339: $0.count == 10 ? "\($0)T00:00:00Z" : $0) }
        fields.ignoreUnknown()
        try fields.finish()
    }

    /// The platform's own word where it is a code, else what was guessed from the text.
    private static func language(_ fields: inout JSONFields) -> String {
        let guess = fields.optionalString("lang_guess", length: 2...3)
        guard let said = fields.optionalString("language", length: 1...100)?.lowercased() else { return guess ?? "en" }
        if 2...3 ~= said.utf8.count, said.utf8.allSatisfy({ 0x61...0x7A ~= $0 }) { return said }
        return codes.first { said.hasPrefix($0.key) }?.value ?? guess ?? "en"
    }
    private static let codes: KeyValuePairs = [
        "english": "en", "spanish": "es", "french": "fr", "german": "de", "portuguese": "pt", "italian": "it", "arabic": "ar", "japanese": "ja",
        "chinese": "zh", "russian": "ru", "korean": "ko", "turkish": "tr", "hindi": "hi", "polish": "pl", "dutch": "nl", "indonesian": "id",
        "ukrainian": "uk", "vietnamese": "vi", "thai": "th",
    ]

    /// `category` and, below it, `subcategory`.
    private static func categories(_ fields: inout JSONFields) -> [Category] {
        guard let top = fields.optionalString("category", length: 1...100), case let slug = Slug.make(top), slug != "course" else { return [] }
        let parent = Category(slug, top)
        guard let sub = fields.optionalString("subcategory", length: 1...100), case let lower = Slug.make(sub), lower != "course" else { return [parent] }
        return [Category("\(slug)/\(lower)", sub), parent]
    }

    /// In minor units; free when the catalogue says so.
    private static func price(_ fields: inout JSONFields) -> Money? {
        let isPaid = fields.optionalBool("is_paid")
        let currency = fields.optionalString("price_currency", length: 3...3) ?? "USD"
        if !currency.utf8.allSatisfy({ 0x41...0x5A ~= $0 }) { fields.fail("price_currency", "must be three capital letters (ISO 4217)") }
        if isPaid == false { return Money(amount: 0, currency: currency) }
        return fields.optionalDouble("price", in: 0...1_000_000).map { Money(amount: Int(($0 * 100).rounded()), currency: currency) }
    }
}
