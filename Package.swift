// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target speaks the same dialect.
let dialect: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// `LYCEUM_TESTS=PostgresTests,KitTests swift test` builds those test targets and what they need, nothing else.
let chosenTests = Context.environment["LYCEUM_TESTS"]?.split(separator: ",").map(String.init)

func needed(by names: [String], of targets: [Target]) -> [Target] {
    var reached: Set<String> = []
    var waiting = names
    while let name = waiting.popLast() {
        guard reached.insert(name).inserted, let target = targets.first(where: { $0.name == name }) else { continue }
        for case .byNameItem(let name, _) in target.dependencies { waiting.append(name) }
    }
    return targets.filter { reached.contains($0.name) }
}

func module(_ name: String, _ dependencies: [String] = [], path: String? = nil, exclude: [String] = [], tests: [String] = []) -> [Target] {
    [.target(name: name, dependencies: dependencies.map { .byName(name: $0) }, path: path ?? "Sources/\(name)", exclude: exclude, swiftSettings: dialect)]
        + testing(name, dependencies + tests)
}

/// The tests of a target: they may use all that the target itself does.
func testing(_ name: String, _ more: [String] = []) -> [Target] {
    let tests = "\(name)Tests", all = Set([name, "TestKit"] + more).sorted()
    return [.testTarget(name: tests, dependencies: all.map { .byName(name: $0) }, path: "Tests/\(tests)", swiftSettings: dialect)]
}

/// A C library is two targets: its headers as they are, and the one Swift module that may touch them.
func library(_ name: String, c: String, pkgConfig: String? = nil, apt: [String] = [], _ dependencies: [String] = ["Loop", "JSON", "Telemetry"]) -> [Target] {
    [.systemLibrary(name: c, path: "Sources/Libraries/\(name)/\(c)", pkgConfig: pkgConfig, providers: apt.isEmpty ? nil : [.apt(apt)])]
        + module(name, [c] + dependencies, path: "Sources/Libraries/\(name)", exclude: [c])
}

/// A service is its contract (`API`: all that others may import, where others ask it or hear of it), itself, and its tests.
func service(_ name: String, hasAPI: Bool = true, calls: [String] = [], uses: [String]) -> [Target] {
    let folder = "Sources/Services/\(name)"
    let needs = ["Kit", "HTTP", "JSON", "Loop", "Telemetry", "Stores", "Events"] + (hasAPI ? ["\(name)API"] : []) + calls.map { "\($0)API" } + uses
    let api = Target.target(name: "\(name)API", dependencies: ["Kit", "JSON", "Telemetry"], path: "\(folder)/API", swiftSettings: dialect)
    return (hasAPI ? [api] : [])
        + [.target(name: name, dependencies: needs.map { .byName(name: $0) }, path: folder, exclude: hasAPI ? ["API"] : [],
                   resources: uses.contains("Postgres") ? [.embedInCode("Migrations")] : [], swiftSettings: dialect)]
        + testing(name, ["TestRoutes", "TestStores"] + needs)
}

/// `allocator` takes the place of the C library's `malloc` in a release build. Sanitizers, which are no release builds, bring their own.
func program(_ name: String, _ dependencies: [String], path: String, allocator: String? = nil, tests: [String] = []) -> [Target] {
    let allocators = allocator.map { [LinkerSetting.linkedLibrary($0, .when(configuration: .release))] }
    return [.executableTarget(
        name: name, dependencies: dependencies.map { .byName(name: $0) }, path: path, swiftSettings: dialect, linkerSettings: allocators)]
        + testing(name, dependencies + tests)
}

let services = ["Users", "Courses", "Enrollments", "Media", "Delivery", "Search", "Notifications"]

let targets = module("Telemetry")
    + module("JSON")
    + library("Loop", c: "CUV", pkgConfig: "libuv", apt: ["libuv1-dev"], [])
    + library("HTTP", c: "CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: ["libmicrohttpd-dev"])
    + library("Postgres", c: "CPostgres", pkgConfig: "libpq", apt: ["libpq-dev"])
    + library("Mongo", c: "CMongo", pkgConfig: "libmongoc-1.0", apt: ["libmongoc-dev"])
    + library("Curl", c: "CCurl", pkgConfig: "libcurl", apt: ["libcurl4-openssl-dev"])
    + library("Redis", c: "CHiredis", apt: ["libhiredis-dev"])
    + library("Broker", c: "CRabbitMQ", pkgConfig: "librabbitmq", apt: ["librabbitmq-dev"])
    + library("OpenSSL", c: "COpenSSL", pkgConfig: "openssl", apt: ["libssl-dev"], ["JSON"])
    + library("JOSE", c: "CJOSE", pkgConfig: "cjose", apt: ["libcjose-dev", "libjansson-dev"], ["JSON"])
    + library("Argon2", c: "CArgon2", pkgConfig: "libargon2", apt: ["libargon2-dev"], ["Loop", "JSON"])
    + library("LibAV", c: "CLibAV", pkgConfig: "libavformat", apt: ["libavformat-dev", "libavfilter-dev", "libswscale-dev", "libswresample-dev"], [])
    + library("Linux", c: "CLinux", pkgConfig: "libseccomp", apt: ["libseccomp-dev"], [])
    + library("XML", c: "CExpat", pkgConfig: "expat", apt: ["libexpat1-dev"], [])
    + module("ObjectStore", ["Loop", "JSON", "Telemetry"], path: "Sources/Libraries/ObjectStore")
    + module("Kit", ["Loop", "HTTP", "JOSE", "OpenSSL", "JSON", "Telemetry"], tests: ["TestRoutes"])
    + module("Stores", ["Kit", "Loop", "Postgres", "Mongo"])
    + module("Events", ["Kit", "Stores", "Loop", "JSON", "Telemetry", "Postgres", "Mongo", "Broker"])
    + module("S3", ["Kit", "ObjectStore", "Curl", "OpenSSL", "XML", "Loop", "JSON", "Telemetry"])
    + module("ServiceCalls", ["Kit", "Loop", "JSON", "Telemetry", "Curl"], tests: ["HTTP", "JOSE"])
    + module("OTLP", ["Kit", "Loop", "JSON", "Telemetry", "Curl"], tests: ["HTTP"])
    + service("Users", uses: ["Postgres", "OpenSSL", "JOSE", "Argon2"])
    + service("Courses", calls: ["Users", "Media", "Enrollments"], uses: ["Mongo", "Redis"])
    + service("Enrollments", calls: ["Courses"], uses: ["Postgres"])
    + service("Media", calls: ["Courses"], uses: ["Postgres", "OpenSSL", "ObjectStore", "S3", "Curl"])
    + service("Delivery", hasAPI: false, calls: ["Courses", "Enrollments"], uses: ["OpenSSL", "ObjectStore", "S3", "Curl"])
    + service("Search", hasAPI: false, calls: ["Courses"], uses: ["Curl"])
    + service("Notifications", hasAPI: false, calls: ["Users", "Enrollments", "Media"], uses: ["Postgres", "Curl"])
    + module("MediaPipeline", ["LibAV", "Linux", "Loop", "JSON", "Telemetry", "OpenSSL"], path: "Media/Pipeline")
    + [
        .target(name: "TestKit", dependencies: ["JSON", "Loop"], path: "Tests/TestKit", swiftSettings: dialect),
        .executableTarget(name: "EventStorm", dependencies: ["Kit", "Events", "Loop", "JSON", "Telemetry", "Postgres", "Mongo", "Broker"], path: "Tests/EventStorm", swiftSettings: dialect),
        .target(name: "TestRoutes", dependencies: ["Kit", "HTTP", "JSON", "Loop"], path: "Tests/TestRoutes", swiftSettings: dialect),
        .target(name: "TestStores", dependencies: ["TestKit", "TestRoutes", "Kit", "Stores", "Events", "HTTP", "JSON", "Loop", "Telemetry", "Postgres", "Mongo", "JOSE"], path: "Tests/TestStores", swiftSettings: dialect),
    ]
    + program("Server", services + ["UsersAPI", "CoursesAPI", "Kit", "Events", "ServiceCalls", "OTLP", "HTTP", "Loop", "JSON", "Telemetry", "Postgres", "Mongo", "Curl", "Redis", "Broker", "OpenSSL", "JOSE", "ObjectStore", "S3"],
              path: "Sources/Server", allocator: "jemalloc", tests: ["EnrollmentsAPI", "MediaAPI"])
    + program("Indexer", ["Kit", "Stores", "ServiceCalls", "Courses", "CoursesAPI", "Search", "Mongo", "Curl", "Loop", "JSON", "Telemetry"],
              path: "Indexer", tests: ["HTTP"])
    + program("MediaWorker", ["MediaPipeline", "MediaAPI", "Kit", "ServiceCalls", "OTLP", "ObjectStore", "S3", "Curl", "JOSE", "Linux", "OpenSSL", "Loop", "HTTP", "JSON", "Telemetry"],
              path: "Media/Worker")
    + [.executableTarget(
        name: "Benchmarks", dependencies: ["Argon2", "JSON", "Loop", "Postgres", "Telemetry"], path: "Benchmarks", swiftSettings: dialect)]
    + [.testTarget(name: "ArchitectureTests", path: "Tests/ArchitectureTests", swiftSettings: dialect)]

/// `make fuzz` alone builds this: readers of bytes from outside under libFuzzer.
let fuzz: [Target] = Context.environment["LYCEUM_FUZZ"] == nil ? [] : [
    .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(name: "Fuzz", dependencies: ["CFuzzer", "HTTP", "JSON", "Kit", "Telemetry"], path: "Tests/Fuzz", exclude: ["CFuzzer", "Seeds"], swiftSettings: dialect),
]

let package = Package(
    name: "lyceum",
    products: chosenTests != nil ? [] : [
        .executable(name: "lyceum", targets: ["Server"]),
        .executable(name: "lyceum-indexer", targets: ["Indexer"]),
        .executable(name: "lyceum-media", targets: ["MediaWorker"]),
        .executable(name: "lyceum-bench", targets: ["Benchmarks"]),
    ],
    targets: (chosenTests.map { needed(by: $0, of: targets) } ?? targets) + fuzz
)
