import CoursesAPI
import JSON
import Kit
import TestRoutes
import Testing
@testable import Search

@Suite("Filters and facets")
struct FilterTests {
    /// Every combination of a few values, some more often than others.
    static let courses: [CourseListing] = (0..<48).map { number in
        listing(
            "Course \(number)", category: ["development", "development/web", "design"][number % 3], amount: [0, 900, 1999, nil][number % 4],
            level: [.beginner, .advanced][number / 3 % 2], language: number % 5 == 0 ? "de" : "en", enrolled: number)
    }

    @Test("Each facet is counted under all the other filters, and hits under all of them", arguments: [
        "", "price=free", "price=paid&level=advanced", "category=development",
        "category=development-web&language=de", "category=development/web&price=free",
        "level=beginner&language=en&price=paid&category=design", "priceMin=900&priceMax=1998", "q=course&price=paid&level=beginner", "language=fr",
    ])
    func facets(query: String) async throws {
        try await Shelf.with(Self.courses) { shelf in
            let answer = await shelf.search(query + "&limit=100")
            try #require(answer.status == 200)
            let filters = Filters(query)
            #expect(Set(answer.ids) == Set(Self.courses.filter { filters.allow($0, without: nil) }.map(\.courseID.description)))
            #expect(answer.total == answer.ids.count)
            #expect(answer.facet("prices") == Self.count(filters, .price) { [$0.price.map { $0.isFree ? "free" : "paid" }].compactMap(\.self) })
            #expect(answer.facet("levels") == Self.count(filters, .level) { $0.levels.map(\.rawValue) })
            #expect(answer.facet("languages") == Self.count(filters, .language) { [$0.language] })
            #expect(answer.facet("categories") == Self.count(filters, .category) { IndexedCourse.withParents($0.categoryPaths) })
        }
    }

    @Test("Prices: free, paid, from, to, both ends included; what has no known price is neither")
    func prices() async throws {
        try await Shelf.with(Self.courses) { shelf in
            for (query, amounts) in [
                ("price=free", [0]), ("price=paid", [900, 1999]), ("priceMin=900", [900, 1999]), ("priceMax=900", [0, 900]),
                ("priceMin=1999&priceMax=1999", [1999]),
                ("priceMin=2000", []), ("price=free&priceMin=1", []),
            ] {
                let answer = await shelf.search(query + "&limit=100")
                let found = answer.json["items"]?.arrayValue?.map { $0["price"]?["amount"]?.intValue } ?? []
                #expect(Set(found) == Set(amounts.map(Optional.some)) && found.count == amounts.count * 12, "\(query)")
            }
        }
    }

    private static func count(_ filters: Filters, _ left: SearchQuery.Filter, _ values: (CourseListing) -> [String]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for course in courses where filters.allow(course, without: left) { for value in values(course) { counts[value, default: 0] += 1 } }
        return counts
    }
}

/// The filters of a request, done by hand.
private struct Filters {
    private var values: [String: String] = [:]

    init(_ query: String) {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=")
            values[String(parts[0])] = String(parts[1])
        }
    }

    func allow(_ course: CourseListing, without left: SearchQuery.Filter?) -> Bool {
        if left != .category, let category = values["category"] {
            let path = category.split(separator: "-").joined(separator: "/")
            guard course.categoryPaths.contains(where: { $0 == path || $0.hasPrefix(path + "/") }) else { return false }
        }
        if left != .level, let level = values["level"], course.levels.first?.rawValue != level { return false }
        if left != .language, let language = values["language"], course.language != language { return false }
        return left == .price || allowsPrice(course.price?.amount)
    }

    private func allowsPrice(_ amount: Int?) -> Bool {
        if let kind = values["price"] { guard let amount, (amount == 0) == (kind == "free") else { return false } }
        if let least = values["priceMin"].flatMap({ Int($0) }) { guard let amount, amount >= least else { return false } }
        if let most = values["priceMax"].flatMap({ Int($0) }) { guard let amount, amount <= most else { return false } }
        return true
    }
}
