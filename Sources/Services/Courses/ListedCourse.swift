import CoursesAPI
import Telemetry

/// A course as those see it who do not write it: what its listing is made of.
struct ListedCourse: Sendable {
    let id: CourseID
    let slug: String
    let state: CourseState
    let revision: Int
    let live: LiveVersion
    let rating: Course.Rating
    let enrolledCount: Int
    let updatedAt: Timestamp

    /// What other services are told.
    func listing(description: String?, objectives: [String]) -> CourseListing {
        var listing = CourseListing(
            courseID: id, revision: revision, versionID: live.id, state: state, slug: slug, title: live.title, language: live.language,
            publishedAt: live.publishedAt, updatedAt: updatedAt)
        listing.subtitle = live.subtitle
        listing.description = description.map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(2000))) }
        listing.levels = live.levels
        listing.categoryIDs = live.categories.map(\.id)
        listing.categoryPaths = live.categories.map(\.path)
        listing.categoryNames = live.categories.map(\.name)
        listing.price = live.price
        listing.instructorIDs = live.instructors.compactMap(\.id)
        listing.instructorNames = live.instructors.map(\.displayName)
        listing.objectives = objectives
        listing.ratingAverage = rating.average
        listing.ratingCount = rating.count
        listing.enrolledCount = enrolledCount
        listing.lectures = live.lectures
        listing.durationMs = live.durationMs
        listing.source = live.source
        return listing
    }
}

extension Course {
    /// Nil before the first publication.
    var listed: ListedCourse? {
        live.map {
            ListedCourse(
                id: id, slug: slug, state: state, revision: revision, live: $0, rating: rating, enrolledCount: enrolledCount, updatedAt: updatedAt)
        }
    }

    /// What other services are told. Nil before the first publication.
    func listing(description: String?, objectives: [String]) -> CourseListing? { listed?.listing(description: description, objectives: objectives) }
}
