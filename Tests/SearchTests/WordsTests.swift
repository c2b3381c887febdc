import CoursesAPI
import JSON
import Kit
import TestRoutes
import Testing
@testable import Search

@Suite("Words")
struct WordsTests {
    static let courses = [
        listing("Photography for Beginners", enrolled: 5), listing("Advanced Photography", enrolled: 50),
        listing("Café Management", category: "business"),
        listing("Modern C++ in Practice", category: "development"),
        listing("Machine Learning with Python", category: "development"), listing("数据 分析"),
    ]

    @Test("A course is found by its words, their beginnings, other forms, without accents, in other letters, and misspelt", arguments: [
        ("photography", "Advanced Photography"), ("PHOTOGRAPHY", "Advanced Photography"),
        ("photographies", "Advanced Photography"), ("phot", "Advanced Photography"),
        ("photografy", "Advanced Photography"), ("machne%20lerning", "Machine Learning with Python"),
        ("machine%20learn", "Machine Learning with Python"),
        ("cafe", "Café Management"), ("caf%C3%A9%20management", "Café Management"), ("c%2B%2B", "Modern C++ in Practice"),
        ("%E6%95%B0%E6%8D%AE", "数据 分析"),
    ])
    func found(query: String, title: String) async throws {
        try await Shelf.with(Self.courses) { shelf in #expect(await shelf.titles("q=\(query)").first == title) }
    }

    @Test("The course whose title has the words side by side comes first, though others have more students")
    func phrase() async throws {
        let titles = ["Web Design Basics", "Design for the Web"]
        try await Shelf.with(titles.enumerated().map { listing($0.element, enrolled: $0.offset * 1000) }) { shelf in
            #expect(await shelf.titles("q=web%20design") == titles)
        }
    }

    @Test("Nothing is found for words that no course has")
    func nothing() async throws {
        try await Shelf.with(Self.courses) { shelf in
            let answer = await shelf.search("q=xylophone")
            #expect(answer.status == 200 && answer.total == 0 && answer.ids.isEmpty)
        }
    }

    @Test("Blanks alone look for nothing in particular")
    func blanks() async throws {
        try await Shelf.with(Self.courses) { shelf in #expect(await shelf.search("q=%20%20").total == 6) }
    }

    @Test("Signs that mean something to an engine mean nothing here", arguments: [
        "\"", "\\", "*", "?", "photography*", "(", ")))", "[a TO b]", "{}", "title:x", "a AND", "OR NOT",
        "^3", "~2", "+-&&||!", "<script>", "${x}", "\u{1}", "%", "💡 🎧",
    ])
    func signs(text: String) async throws {
        try await Shelf.with(Self.courses) { shelf in
            let encoded = text.utf8.map { byte in "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
            #expect(await shelf.search("q=\(encoded)").status == 200)
        }
    }

    @Test("A query of 200 letters is answered, a longer one is 422")
    func long() async throws {
        try await Shelf.with(Self.courses) { shelf in
            #expect(await shelf.search("q=\(String(repeating: "ab%20", count: 66))ab").status == 200)
            #expect(await shelf.search("q=\(String(repeating: "x", count: 201))").status == 422)
        }
    }

    @Test("A category is found by an id as long as imported ones get")
    func longCategory() async throws {
        let path = "\(String(repeating: "a", count: 80))/\(String(repeating: "b", count: 80))"
        try await Shelf.with([listing("Deep", category: path), listing("Other")]) { shelf in
            #expect(await shelf.titles("category=\(path.split(separator: "/").joined(separator: "-"))") == ["Deep"])
            #expect(await shelf.search("category=\(String(repeating: "x", count: 201))").status == 422)
        }
    }

    @Test("Parameters out of their range are 422", arguments: [
        "price=cheap", "priceMin=-1", "priceMax=x", "level=guru", "language=english", "sort=best", "limit=0", "limit=101",
    ])
    func parameters(query: String) async throws {
        try await Shelf.with { shelf in #expect(await shelf.search(query).status == 422) }
    }
}
