import JSON

/// A document on its way into the index, with the version that decides whether it is newer than what is there.
package struct IndexedDocument: Sendable {
    package let id: String
    package let version: Int
    let body: Buffer

    package init(_ course: IndexedCourse) {
        id = course.id
        version = course.version
        body = course.jsonBuffer
    }

    /// The mark of a course that is gone altogether: nobody finds it, and an older listing that comes late does not bring it back.
    package init(markOf id: String, version: Int) {
        self.id = id
        self.version = version
        body = JSONWriter.object { json in
            json.field("id", id)
            json.field("revision", version)
            json.field("deleted", true)
        }
    }

    /// How much of a request it is, about.
    package var bytes: Int { body.count + 120 }
}

/// Which versions of a document give way to the one that is written.
package enum VersionRule: String, Sendable {
    /// Older ones.
    case newer = "external"
    /// Older ones and the same: to mend what is not as it should be.
    case newerOrSame = "external_gte"
}

/// What became of a bulk request.
package struct BulkResult: Sendable, Equatable {
    /// One that will never be taken.
    package struct Refusal: Sendable, Equatable {
        /// Its place in the request.
        package let index: Int
        package let reason: String
    }
    package var written = 0
    /// The index has the same or a newer version already: as good as written.
    package var current = 0
    /// Not taken for now, by place in the request: to be sent again.
    package var delayed: [Int] = []
    package var refused: [Refusal] = []
    /// Whether the index or alias was not there.
    var isWithoutIndex = false

    package init() {}

    init(items: [JSONValue]) {
        for (place, item) in items.enumerated() {
            let outcome = item["index"] ?? .null
            switch outcome["status"]?.intValue ?? 0 {
            case 200...299: written += 1
            case 404: isWithoutIndex = true
            case 409: current += 1
            case 429, 500...599: delayed.append(place)
            default: refused.append(Refusal(index: place, reason: String((outcome["error"]?["reason"]?.stringValue ?? "no reason").prefix(300))))
            }
        }
    }
}
