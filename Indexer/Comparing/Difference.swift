import Courses
import CoursesAPI
import Kit
import Search

/// A course whose index document is not what MongoDB says.
struct Difference: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable { case missing, extra, stale, ahead }

    let id: String
    let kind: Kind
    /// The revision in the index.
    let indexed: Int?

    /// Nil when the two sides say the same. A course that is not published is a mark in the index; a mark of a course that is gone is
    /// as it should be.
    init?(_ course: MongoListings.Revision?, _ document: ElasticCourseIndex.Revision?) {
        switch (course, document) {
        case (let course?, nil): self.init(id: course.id.description, kind: .missing, indexed: nil)
        case (nil, let document?) where !document.isDeleted: self.init(id: document.id, kind: .extra, indexed: document.revision)
        case (let course?, let document?):
            let isSame = course.revision == document.revision && course.isPublished != document.isDeleted
            guard !isSame else { return nil }
            self.init(id: document.id, kind: document.revision > course.revision ? .ahead : .stale, indexed: document.revision)
        default: return nil
        }
    }

    private init(id: String, kind: Kind, indexed: Int?) {
        self.id = id
        self.kind = kind
        self.indexed = indexed
    }
}

/// How many of each kind.
struct DifferenceCount: Sendable, Equatable, CustomStringConvertible {
    private var counts: [Difference.Kind: Int] = [:]

    mutating func add(_ differences: [Difference]) { for difference in differences { counts[difference.kind, default: 0] += 1 } }

    var isZero: Bool { counts.isEmpty }
    var description: String {
        let shown = Difference.Kind.allCases.filter { $0 != .ahead || counts[$0] != nil }
        return shown.map { "\(counts[$0] ?? 0) \($0)" }.joined(separator: ", ")
    }
}
