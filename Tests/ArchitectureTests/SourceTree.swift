import Foundation

/// The repository as text: what the rules of this folder are checked on.
enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    struct File {
        /// From the root, with slashes.
        let path: String
        let text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var name: String { String(path.split(separator: "/").last ?? "") }
        var folder: String { String(path.dropLast(name.count + 1)) }
    }

    struct Import {
        let file: File
        let module: String
        let isInternal: Bool
    }

    static func files(under folders: [String], ending suffix: String = ".swift") throws -> [File] {
        try folders.flatMap { folder -> [File] in
            let base = root.appending(path: folder)
            let paths = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
            return try paths.filter { $0.hasSuffix(suffix) && !$0.contains(".build/") }.sorted().map { path in
                File(path: "\(folder)/\(path)", text: try String(contentsOf: base.appending(path: path), encoding: .utf8))
            }
        }
    }

    static let product = ["Sources", "Indexer", "Media"]

    static func imports(under folders: [String]) throws -> [Import] {
        let pattern = /(?m)^(public |internal |package |private |fileprivate |@testable |@preconcurrency )*import (?:(?:struct|class|enum|func|protocol|var|typealias) )?(\w+)/
        return try files(under: folders).flatMap { file in
            file.text.matches(of: pattern).map { Import(file: file, module: String($0.2), isInternal: !$0.0.hasPrefix("public")) }
        }
    }

    /// Folders of `Sources/Libraries`.
    static func libraries() throws -> [String] { try folders("Sources/Libraries") }
    static func services() throws -> [String] { try folders("Sources/Services") }

    private static func folders(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: path).path).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The names in `name: "…"` of the manifest's targets, as SwiftPM knows them.
    static func manifest() throws -> String { try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8) }
}
