import CoursesAPI
import HTTP
import JSON
import Kit

/// Finding courses over HTTP.
struct SearchRoutes: Sendable {
    let search: SearchCourses

    /// As fast as somebody types, all day.
    private static let often = RateLimit("search", Quota(120, seconds: 60), for: .address)

    var routes: [Route] { [Route("GET", "/v1/search", .anyone, limits: [Self.often], handler: get)] }

    private func get(_ context: RequestContext) async throws -> Response {
        var query = SearchQuery()
        // Blanks alone look for nothing in particular.
        query.text = try context.queryString("q", length: 0...200).flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
        query.category = try context.queryString("category", length: 1...200)
        query.price = try context.queryChoice("price")
        query.priceMin = try context.queryInt("priceMin", in: 0...100_000_000)
        query.priceMax = try context.queryInt("priceMax", in: 0...100_000_000)
        query.level = try context.queryChoice("level")
        query.language = try context.queryString("language", length: 2...3)
        if let language = query.language, !language.utf8.allSatisfy({ 0x61...0x7A ~= $0 }) { throw Problem.query("language", "must be a language code like en") }
        query.sort = try context.queryChoice("sort") ?? .relevance
        let page = try context.page()
        let found = try await search(query, page: page)
        var response = Response.json(headers: [("cache-control", "public, max-age=5")], found)
        if let next = found.nextCursor { response.set("link", Self.link(to: next, context)) }
        return response
    }

    /// The same request with the next cursor (RFC 8288).
    private static func link(to next: Cursor, _ context: RequestContext) -> String {
        let kept = (context.request.rawQuery ?? "").split(separator: "&").filter { !$0.hasPrefix("cursor=") }.joined(separator: "&")
        return "<\(context.request.path)?\(kept)\(kept.isEmpty ? "" : "&")cursor=\(next)>; rel=\"next\""
    }
}
