import Foundation
import Testing

@Suite("Documentation")
struct DocumentationTests {
    @Test("docs/architecture.md has a line for every target")
    func targets() throws {
        let page = try String(contentsOf: SourceTree.root.appending(path: "docs/architecture.md"), encoding: .utf8)
        let manifest = try SourceTree.manifest()
        let plain = manifest.matches(of: /(?:module|library|service)\("(\w+)"/).map { String($0.1) }
        let written = manifest.matches(of: /\.(?:executableTarget|target|testTarget)\(name: "(\w+)"/).map { String($0.1) }
        let apis = try SourceTree.services().filter { SourceTree.root.appending(path: "Sources/Services/\($0)/API").isFolder }.map { "\($0)API" }
        for target in Set(plain + written + apis) { #expect(page.contains("`\(target)`"), "docs/architecture.md has no line for \(target)") }
    }

    @Test("every problem that the code answers has its page, and every page its problem")
    func problems() throws {
        let slugs = try SourceTree.files(under: SourceTree.product).flatMap { file in file.text.matches(of: /slug: "([a-z-]+)"/).map { String($0.1) } }
        let gateway = try String(contentsOf: SourceTree.root.appending(path: "infra/gateway/configuration.py"), encoding: .utf8)
        let gatewaySlugs = gateway.matches(of: /\(\[[0-9, ]+\], "([a-z-]+)"/).map { String($0.1) }
        #expect(!gatewaySlugs.isEmpty)
        let pages = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.appending(path: "docs/problems").path)
            .filter { $0.hasSuffix(".md") && $0 != "README.md" }.map { String($0.dropLast(3)) }
        #expect(Set(slugs + gatewaySlugs) == Set(pages))
        let index = try String(contentsOf: SourceTree.root.appending(path: "docs/problems/README.md"), encoding: .utf8)
        for page in pages { #expect(index.contains("(\(page).md)"), "docs/problems/README.md has no line for \(page)") }
    }

    @Test("every event that the code names has its schema, and every schema its event")
    func events() throws {
        let types = try SourceTree.files(under: SourceTree.product).flatMap { file in file.text.matches(of: /"(lyceum\.[a-z.-]+\.v[0-9]+)"/).map { String($0.1) } }
        let schemas = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.appending(path: "docs/events").path)
            .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
        #expect(Set(types) == Set(schemas))
    }

    @Test("a public type of a library or Kit has a doc comment")
    func docComments() throws {
        let declaration = /^(?:    )?public (?:final |static |indirect )*(?:struct|class|enum|protocol|actor) \w+/
        for file in try SourceTree.files(under: ["Sources/Libraries", "Sources/Kit", "Sources/JSON", "Sources/Telemetry", "Sources/Events", "Sources/OTLP"]) {
            for (number, line) in file.lines.enumerated() where line.firstMatch(of: declaration) != nil && !line.hasPrefix("    ") {
                var above = number - 1
                while above >= 0, file.lines[above].hasPrefix("@") { above -= 1 }
                #expect(above >= 0 && file.lines[above].hasPrefix("///"), "\(file.path):\(number + 1)")
            }
        }
    }
}
