/// A readable part of an address, made of a title.
enum Slug {
    /// Lower-case letters and digits with single dashes, at most 80 characters; letters of every script stay. `course` when nothing is left.
    static func make(_ title: String) -> String {
        var slug = ""
        var needsDash = false
        for scalar in title.lowercased().unicodeScalars where slug.unicodeScalars.count < 80 {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                if needsDash && !slug.isEmpty { slug += "-" }
                slug.unicodeScalars.append(scalar)
                needsDash = false
            } else {
                needsDash = true
            }
        }
        return slug.isEmpty ? "course" : slug
    }
}
