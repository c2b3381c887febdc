import JSON
import Kit
import Loop

/// `lyceum routes`: the routes of this program as JSON, for the tests that hold contract, gateway and program equal.
enum RoutesCommand {
    static let verb = Verb(
        "routes", "List the routes of every service as JSON.",
        details: "Needs a configuration that is complete, and no server. With --internal also what services ask each other.",
        flags: [Flag("internal", "Also the routes of the admin ports.")], run: run)

    private static func run(_ words: Words) async throws -> Int32 {
        let program = try Program(loops: 1)
        var json = JSONWriter()
        json.beginArray()
        var made: [ServiceParts] = []
        for service in HostedServices.all {
            let parts = try service.make(try program.context(service.name))
            made.append(parts)
            for route in parts.routes { write(route, of: service.name, isInternal: false, to: &json) }
            if words.has("internal") {
                for route in parts.internalRoutes { write(route, of: service.name, isInternal: true, to: &json) }
            }
        }
        json.endArray()
        CommandLineTable.writeOut(json.finish().text + "\n")
        // A thread that a service has begun must not still be setting itself up while the process ends.
        let all = made
        await program.loops.run { for part in all { await part.close() } }
        return 0
    }

    private static func write(_ route: Route, of service: String, isInternal: Bool, to json: inout JSONWriter) {
        json.beginObject()
        json.field("service", service)
        json.field("method", route.method)
        json.field("path", route.path)
        json.field("policy", name(of: route.policy))
        json.field("internal", isInternal)
        json.endObject()
    }

    private static func name(of policy: Policy) -> String {
        switch policy {
        case .anyone: "anyone"
        case .optionalUser: "optionalUser"
        case .signedIn: "signedIn"
        case .role(let roles): "role:" + roles.map(\.rawValue).sorted().joined(separator: ",")
        case .service(let names): "service:" + names.sorted().joined(separator: ",")
        case .signedPath: "signedPath"
        }
    }
}
