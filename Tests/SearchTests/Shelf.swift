import CoursesAPI
import Curl
import FoundationEssentials
import JSON
import Kit
import Loop
import Telemetry
import TestKit
import TestRoutes
@testable import Search

/// An index of one test and the search routes over it; removed afterwards.
struct Shelf: Sendable {
    let loops: LoopGroup
    let index: ElasticCourseIndex
    let call: RouteCaller

    /// `engine`: another than the stack's, or the one that `LYCEUM_TEST_ELASTICSEARCH` names.
    static func with(
        _ listings: [CourseListing] = [], engine: String? = nil, hasIndex: Bool = true, _ body: (Shelf) async throws -> Void
    ) async throws {
        let loops = LoopGroup(count: 1)
        let url = try engine ?? ProcessInfo.processInfo.environment["LYCEUM_TEST_ELASTICSEARCH"] ?? TestStack.load().elasticsearch
        let curl = CurlClient(loops)
        // Many tests ask the engine at once, on machines that do other things too.
        let index = ElasticCourseIndex(ElasticClient(url, curl: curl, timeoutMilliseconds: 30_000), alias: uniqueName("search"))
        let routes = SearchRoutes(search: SearchCourses(index: index)).routes
        let table = try RouteTable(service: "search", routes: routes, authenticator: TestAuthenticator(), log: Log(service: "test", level: .error))
        let shelf = Shelf(loops: loops, index: index, call: RouteCaller(table, on: loops))
        let result: Result<Void, any Error>
        do {
            if hasIndex { try await loops.run { try await index.ensure() } }
            if !listings.isEmpty { try await shelf.put(listings) }
            result = .success(try await body(shelf))
        } catch { result = .failure(error) }
        await loops.run {
            for name in (try? await index.indexes()) ?? [] { try? await index.delete(name.text) }
            await curl.close()
        }
        await loops.shutdown()
        try result.get()
    }

    /// Writes and makes it visible.
    func put(_ listings: [CourseListing]) async throws {
        try await loops.run { [index] in
            let result = try await index.write(listings.map { IndexedCourse($0) })
            guard result.refused.isEmpty else { throw ElasticError(.unreadable, result.refused[0].reason) }
            try await index.refresh()
        }
    }

    /// Applies an event as the consumer does, and makes it visible.
    func apply(_ events: [any EventData]) async throws {
        let made = events.map { event in
            Event(
                id: UUID16.v7(), source: type(of: event).eventSource, type: type(of: event).eventType, subject: event.eventSubject, time: .now,
                data: (try? JSONValue.parse(event.jsonBuffer.array)) ?? .null)
        }
        try await loops.run { [index] in
            try await ApplyCourse(index: index, log: Log(service: "test", level: .error))(made)
            try await index.refresh()
        }
    }

    func search(_ query: String) async -> RouteCaller.Answer { await call("GET", "/v1/search?\(query)") }
    func titles(_ query: String) async -> [String] { (await search(query)).titles }
}

extension RouteCaller.Answer {
    var titles: [String] { json["items"]?.arrayValue?.compactMap { $0["title"]?.stringValue } ?? [] }
    var ids: [String] { json["items"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? [] }
    var total: Int { json["total"]?.intValue ?? -1 }

    /// Value and count of a facet.
    func facet(_ name: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        for bucket in json["facets"]?[name]?.arrayValue ?? [] {
            if let value = bucket["value"]?.stringValue, let count = bucket["count"]?.intValue { counts[value] = count }
        }
        return counts
    }
}

/// A listing that differs from others in what a test says. `amount` is in cents; nil for a price that is not known.
func listing(
    _ title: String, id: CourseID = CourseID(), revision: Int = 1, state: CourseState = .published, category: String = "design", amount: Int? = 0,
    level: CourseLevel = .beginner, language: String = "en", enrolled: Int = 0, rating: Double? = nil
) -> CourseListing {
    var listing = CourseListing(
        courseID: id, revision: revision, versionID: VersionID(), state: state, slug: "slug", title: title, language: language,
        publishedAt: Timestamp(microseconds: 1_700_000_000_000_000 + Int64(enrolled % 7) * 1_000_000), updatedAt: .now)
    listing.levels = [level]
    listing.categoryIDs = [category.split(separator: "/").joined(separator: "-")]
    listing.categoryPaths = [category]
    listing.categoryNames = [category]
    listing.price = amount.map { Money(amount: $0, currency: "EUR") }
    listing.enrolledCount = enrolled
    listing.ratingAverage = rating
    listing.ratingCount = rating == nil ? 0 : 10
    return listing
}
