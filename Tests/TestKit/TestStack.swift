import FoundationEssentials
public import JSON

/// The servers that tests run against: a running stack's description, named by `LYCEUM_TEST_STACK`.
public struct TestStack: Sendable {
    /// The whole description (`stack.json`).
    public let description: JSONValue

    public struct Missing: Error, CustomStringConvertible {
        public let description: String
    }

    /// The stack of this run. A test that needs it fails without it and says how to get one.
    public static func load() throws -> TestStack {
        guard let path = ProcessInfo.processInfo.environment["LYCEUM_TEST_STACK"] else {
            throw Missing(description: "LYCEUM_TEST_STACK names no stack: run `make test`, which starts one")
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw Missing(description: "\(path) cannot be read: run `make test`") }
        return TestStack(description: try JSONValue.parse(Array(data)))
    }

    /// A field by its path, `stores.postgres` for instance.
    public func string(_ path: String) throws -> String {
        var value: JSONValue? = description
        for name in path.split(separator: ".") { value = value?[String(name)] }
        guard let text = value?.stringValue else { throw Missing(description: "the stack has no \(path): run `make test`") }
        return text
    }

    public var postgres: String { get throws { try string("stores.postgres") } }
    public var mongo: String { get throws { try string("stores.mongo") } }
    /// MongoDB with time limits that no busy machine meets by accident: for tests of what is none of them.
    public var patientMongo: String {
        get throws { try mongo + "&socketTimeoutMS=60000&connectTimeoutMS=30000&serverSelectionTimeoutMS=60000" }
    }
    public var elasticsearch: String { get throws { try string("stores.elasticsearch") } }
    public var redis: String { get throws { try string("stores.redis") } }
    public var rabbitmq: String { get throws { try string("stores.rabbitmq") } }
    public var rabbitmqManagement: String { get throws { try string("stores.rabbitmqManagement") } }
    public var smtp: String { get throws { try string("smtp") } }
    public var mailbox: String { get throws { try string("mailbox") } }
}
