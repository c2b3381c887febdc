package import CoursesAPI
package import JSON
import Kit
import Telemetry

/// A course as it lies in the index: what is searched, filtered, counted and shown. One mapping for live events and for rebuilds.
package struct IndexedCourse: Sendable, Equatable {
    package let listing: CourseListing
    package init(_ listing: CourseListing) { self.listing = listing }

    package var id: String { listing.courseID.description }
    /// External version: an older listing never overwrites a newer one, in whatever order they come.
    package var version: Int { listing.revision }
    /// Whether it can be found. What cannot stays as a mark with its version, so that a late older listing does not bring it back.
    package var isFindable: Bool { listing.state == .published }
}

extension IndexedCourse: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("revision", version)
        json.field("deleted", !isFindable)
        if isFindable { writeFields(to: &json) }
        json.endObject()
    }

    private func writeFields(to json: inout JSONWriter) {
        json.field("slug", listing.slug)
        json.field("title", listing.title)
        json.field("titleExact", listing.title.lowercased())
        json.field("subtitle", listing.subtitle)
        json.field("description", listing.description)
        json.field("objectives", listing.objectives)
        json.field("instructors", listing.instructorNames)
        json.field("language", listing.language)
        json.field("levels", listing.levels.map(\.rawValue))
        json.field("categoryIds", listing.categoryIDs)
        json.field("categoryPaths", Self.withParents(listing.categoryPaths))
        json.field("categoryNames", listing.categoryNames)
        json.field("priceAmount", listing.price?.amount)
        json.field("priceCurrency", listing.price?.currency)
        json.field("priceKind", listing.price.map { $0.isFree ? "free" : "paid" })
        json.field("ratingAverage", listing.ratingAverage)
        json.field("ratingCount", listing.ratingCount)
        json.field("enrolledCount", listing.enrolledCount)
        json.field("durationMs", listing.durationMs)
        json.field("source", listing.source)
        json.field("publishedAt", listing.publishedAt.rfc3339)
    }

    /// `development/web` is found under `development` too.
    static func withParents(_ paths: [String]) -> [String] {
        var all: Set<String> = []
        for path in paths {
            let parts = path.split(separator: "/")
            for count in 1...max(parts.count, 1) { all.insert(parts.prefix(count).joined(separator: "/")) }
        }
        return all.sorted()
    }
}
