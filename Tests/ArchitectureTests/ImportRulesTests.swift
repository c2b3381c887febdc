import Foundation
import Testing

/// Who may import whom. SwiftPM lets a target import what its dependencies depend on, C modules included, so the rules are checked here.
@Suite("Import rules")
struct ImportRulesTests {
    static let system: Set<String> = ["Glibc", "Synchronization", "FoundationEssentials", "Swift"]

    @Test("only a library's own folder imports its C module, and never publicly")
    func cModules() throws {
        for found in try SourceTree.imports(under: SourceTree.product) where found.module.hasPrefix("C") && found.module.dropFirst().first?.isUppercase == true {
            let owner = try SourceTree.libraries().first { SourceTree.root.appending(path: "Sources/Libraries/\($0)/\(found.module)").isFolder }
            guard let owner else { continue }
            #expect(found.file.path.hasPrefix("Sources/Libraries/\(owner)/"), "\(found.file.path) imports \(found.module)")
            #expect(found.isInternal, "\(found.file.path) imports \(found.module) publicly")
        }
    }

    @Test("the lowest layers import the system alone", arguments: ["Telemetry", "JSON"])
    func lowest(module: String) throws {
        for found in try SourceTree.imports(under: ["Sources/\(module)"]) {
            #expect(Self.system.contains(found.module), "\(found.file.path) imports \(found.module)")
        }
    }

    @Test("a library imports its C module, Loop, JSON and Telemetry, and no other library")
    func libraries() throws {
        for library in try SourceTree.libraries() {
            for found in try SourceTree.imports(under: ["Sources/Libraries/\(library)"]) {
                let own = SourceTree.root.appending(path: "Sources/Libraries/\(library)/\(found.module)").isFolder
                #expect(own || Self.system.union(["Loop", "JSON", "Telemetry"]).contains(found.module), "\(found.file.path) imports \(found.module)")
            }
        }
    }

    @Test("Kit imports Loop, HTTP, JOSE, OpenSSL, JSON and Telemetry")
    func kit() throws {
        for found in try SourceTree.imports(under: ["Sources/Kit"]) {
            #expect(Self.system.union(["Loop", "HTTP", "JOSE", "OpenSSL", "JSON", "Telemetry"]).contains(found.module), "\(found.file.path) imports \(found.module)")
        }
    }

    @Test("Stores, Events, ServiceCalls, S3 and OTLP join Kit with the libraries named for them")
    func joints() throws {
        let allowed = [
            "Stores": ["Postgres", "Mongo"], "Events": ["Stores", "Postgres", "Mongo", "Broker"], "ServiceCalls": ["Curl"],
            "S3": ["ObjectStore", "Curl", "OpenSSL", "XML"], "OTLP": ["Curl"],
        ]
        for (module, libraries) in allowed {
            for found in try SourceTree.imports(under: ["Sources/\(module)"]) {
                #expect(Self.system.union(["Kit", "Loop", "JSON", "Telemetry"] + libraries).contains(found.module), "\(found.file.path) imports \(found.module)")
            }
        }
    }

    @Test("a service's API imports Kit, JSON and Telemetry")
    func apis() throws {
        for found in try SourceTree.imports(under: ["Sources/Services"]) where found.file.folder.hasSuffix("/API") {
            #expect(Self.system.union(["Kit", "JSON", "Telemetry"]).contains(found.module), "\(found.file.path) imports \(found.module)")
        }
    }

    @Test("a service imports another service by its API alone")
    func services() throws {
        let services = try SourceTree.services()
        for service in services {
            for found in try SourceTree.imports(under: ["Sources/Services/\(service)"]) where services.contains(found.module) {
                Issue.record("\(found.file.path) imports \(found.module)")
            }
        }
    }

    @Test("inside a service, HTTP is for routes and a library for the files that carry its name")
    func insideServices() throws {
        let owners = [
            "Postgres": ["Postgres"], "Mongo": ["Mongo"], "Curl": ["Elastic", "SMTP"], "Redis": ["Redis"], "Argon2": ["Argon2"],
            "ObjectStore": ["ObjectStore", "Stored"], "S3": [], "XML": [], "JOSE": ["JOSE"], "OpenSSL": ["OpenSSL"],
        ]
        for found in try SourceTree.imports(under: ["Sources/Services"]) {
            let name = found.file.name
            if name.contains("Service.swift") || name.contains("Service+") { continue }   // the pages that wire a service name what it is made of
            if found.module == "HTTP" { #expect(name.hasSuffix("Routes.swift"), "\(found.file.path) imports HTTP") }
            if let prefixes = owners[found.module] {
                #expect(prefixes.contains { name.hasPrefix($0) }, "\(found.file.path) imports \(found.module)")
            }
        }
    }

    @Test("nothing imports an executable")
    func executables() throws {
        for found in try SourceTree.imports(under: SourceTree.product) {
            #expect(!["Server", "Indexer", "MediaWorker"].contains(found.module), "\(found.file.path) imports \(found.module)")
        }
    }
}
