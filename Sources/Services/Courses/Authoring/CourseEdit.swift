import CoursesAPI
import JSON
import Kit

/// A field of an edit: not sent, emptied with null, or set.
enum Edited<Value: Sendable & Equatable>: Sendable, Equatable {
    case kept, emptied, set(Value)
}

/// What an instructor changes of the page of a course.
struct CourseEdit: Sendable, Equatable {
    var title: String?
    var subtitle = Edited<String>.kept
    var description = Edited<String>.kept
    var language: String?
    var levels: [CourseLevel]?
    var categoryIDs: [String]?
    var price = Edited<Money>.kept
    var objectives: [String]?
    var requirements: [String]?
    var audience: [String]?

    /// Reads a body; with `needsTitle` a title has to be there.
    init(from fields: inout JSONFields, needsTitle: Bool) {
        title = needsTitle ? fields.string("title", length: 1...120) : fields.optionalString("title", length: 1...120)
        subtitle = Self.text("subtitle", 200, &fields)
        description = Self.text("description", 20_000, &fields)
        language = fields.optionalString("language", length: 2...3)
        if let language, !language.utf8.allSatisfy({ 0x61...0x7A ~= $0 }) { fields.fail("language", "must be a language code like en") }
        let names = fields.optionalStrings("levels", count: 0...4, length: 1...20)
        levels = names?.compactMap { name in
            if CourseLevel(rawValue: name) == nil { fields.fail("levels", "must hold only \(CourseLevel.allCases.map(\.rawValue).joined(separator: ", "))") }
            return CourseLevel(rawValue: name)
        }
        categoryIDs = fields.optionalStrings("categoryIds", count: 0...3, length: 1...64)
        if fields.isNull("price") { price = .emptied } else if let money = fields.optionalObject("price", { Money(from: &$0) }) { price = .set(money) }
        objectives = fields.optionalStrings("objectives", count: 0...20, length: 1...200)
        requirements = fields.optionalStrings("requirements", count: 0...20, length: 1...200)
        audience = fields.optionalStrings("audience", count: 0...20, length: 1...200)
    }

    private static func text(_ name: String, _ limit: Int, _ fields: inout JSONFields) -> Edited<String> {
        if fields.isNull(name) { return .emptied }
        guard let text = fields.optionalString(name, length: 0...limit) else { return .kept }
        return text.isEmpty ? .emptied : .set(text)
    }

    /// The content after the edit; throws when it names categories that there are not.
    func applied(to content: CourseContent, categories: [Category]) throws(CoursesError) -> CourseContent {
        let known = Set(categories.map(\.id))
        if let unknown = categoryIDs?.firstIndex(where: { !known.contains($0) }) {
            throw .invalid([FieldError(pointer: "/categoryIds/\(unknown)", detail: "is no category")])
        }
        var edited = content
        if let title { edited.title = title }
        subtitle.apply(to: &edited.subtitle)
        description.apply(to: &edited.description)
        price.apply(to: &edited.price)
        if let language { edited.language = language }
        if let levels { edited.levels = levels.uniqued() }
        if let categoryIDs { edited.categoryIDs = categoryIDs.uniqued() }
        if let objectives { edited.objectives = objectives }
        if let requirements { edited.requirements = requirements }
        if let audience { edited.audience = audience }
        return edited
    }
}

extension Edited {
    func apply(to value: inout Value?) {
        switch self {
        case .kept: break
        case .emptied: value = nil
        case .set(let new): value = new
        }
    }
}

extension Array where Element: Hashable {
    /// The first of each.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
