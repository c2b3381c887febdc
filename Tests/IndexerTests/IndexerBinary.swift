import Glibc
import TestKit

/// The program that was built with these tests.
struct IndexerBinary {
    private let path: String
    private let environment: [String: String]

    /// `shop`: the stores that it is to work on.
    init(_ shop: Workshop? = nil) throws {
        path = try Self.find()
        guard let shop else {
            environment = [:]
            return
        }
        let stack = try TestStack.load()
        environment = [
            "LYCEUM_MONGO_URL": try stack.patientMongo, "LYCEUM_MONGO_DATABASE": shop.database, "LYCEUM_ELASTICSEARCH_URL": shop.engine,
            "LYCEUM_SEARCH_ALIAS": shop.database, "LYCEUM_INDEXER_LEASE_SECONDS": "1",
        ]
    }

    /// Runs it to its end with the words of `line`.
    func run(_ line: String, _ more: [String: String] = [:]) throws -> TestProgram { try TestProgram.run("env", words(line, more)) }

    /// Starts it.
    func start(_ line: String) throws -> ServerProcess { try ServerProcess("env", words(line, [:])) }

    private func words(_ line: String, _ more: [String: String]) -> [String] {
        environment.merging(more) { $1 }.map { "\($0.key)=\($0.value)" } + [path] + line.split(separator: " ").map(String.init)
    }

    /// It lies beside the runner, or beside the bundle that the runner was given, and has its target's name when these tests alone are built.
    private static func find() throws -> String {
        let real = realpath("/proc/self/exe", nil)
        defer { free(real) }
        for neighbour in [real.map { String(cString: $0) } ?? ""] + CommandLine.arguments {
            guard let slash = neighbour.lastIndex(of: "/") else { continue }
            let programs: [String] = ["lyceum-indexer", "Indexer"].map { "\(neighbour[..<slash])/\($0)" }.filter { access($0, X_OK) == 0 }
            if let newest = programs.max(by: { age(of: $0) > age(of: $1) }) { return newest }
        }
        throw TestProgram.Failure("lyceum-indexer was not built with these tests")
    }

    private static func age(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? time(nil) - status.st_mtim.tv_sec : Int.max
    }
}
