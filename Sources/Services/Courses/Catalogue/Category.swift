import JSON

/// A place in the tree of subjects.
struct Category: Sendable, Equatable, JSONWritable {
    /// Unicode scalars, of the path and of the id: those of a catalogue are made of two slugs.
    static let longestPath = 200

    /// The path with dashes: `development-web`.
    let id: String
    let name: String
    /// `development/web`: the parents' parts come first.
    let path: String

    var parentID: String? {
        let parts = path.split(separator: "/")
        return parts.count > 1 ? parts.dropLast().joined(separator: "-") : nil
    }

    /// The paths of categories and of all above them: a course of `development/web` is one of `development` too.
    static func withParents(_ categories: [Category]) -> [String] {
        var paths: Set<String> = []
        for category in categories {
            let parts = category.path.split(separator: "/")
            for count in parts.indices { paths.insert(parts[...count].joined(separator: "/")) }
        }
        return paths.sorted()
    }

    init(id: String, name: String, path: String) {
        self.id = id
        self.name = name
        self.path = path
    }

    init(_ path: String, _ name: String) { self.init(id: path.split(separator: "/").joined(separator: "-"), name: name, path: path) }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        writeFields(to: &json)
        json.endObject()
    }

    func writeFields(to json: inout JSONWriter) {
        json.field("id", id)
        json.field("name", name)
        json.field("path", path)
        json.field("parentId", parentID)
    }

    /// What a new platform begins with; more come with an import.
    static let initial = [
        Category("development", "Development"), Category("development/web", "Web Development"), Category("development/mobile", "Mobile Development"),
        Category("development/data-science", "Data Science"), Category("development/databases", "Databases"), Category("business", "Business"),
        Category("business/management", "Management"), Category("business/finance", "Finance & Accounting"), Category("design", "Design"),
        Category("design/graphic", "Graphic Design"), Category("it", "IT & Software"), Category("it/security", "Network & Security"),
        Category("languages", "Languages"), Category("marketing", "Marketing"), Category("music", "Music"), Category("photography", "Photography & Video"),
        Category("health", "Health & Fitness"), Category("science", "Science"), Category("science/mathematics", "Mathematics"),
        Category("personal-development", "Personal Development"),
    ]
}
