import CoursesAPI

/// What someone looks for.
struct SearchQuery: Sendable, Equatable {
    enum Sort: String, Sendable, CaseIterable { case relevance, newest, rating, popular }
    enum PriceKind: String, Sendable, CaseIterable { case free, paid }

    /// Without it everything that fits the filters.
    var text: String?
    /// Id or path.
    var category: String?
    var price: PriceKind?
    /// Minor units.
    var priceMin: Int?
    var priceMax: Int?
    var level: CourseLevel?
    var language: String?
    var sort = Sort.relevance

    /// The parts of the query that a facet may leave out to count itself under all the others.
    enum Filter: String, Sendable, CaseIterable { case category, price, level, language }
}
