import Curl
import Events
public import Kit
import Telemetry

/// Queries and facets; applies course events to the index.
public enum SearchService: HostedService {
    public static let name = "search"

    public static func make(_ context: ServiceContext) throws -> ServiceParts {
        let curl = CurlClient(context.loops)
        let index = try index(context, curl)
        let apply = ApplyCourse(index: index, log: context.log)
        let events = Subscription("index", types: ApplyCourse.types, batch: 200) { events in try await apply(events) }
        let log = context.log
        return ServiceParts(
            routes: SearchRoutes(search: SearchCourses(index: index)).routes,
            background: [try context.consumer(events)],
            checks: [HealthCheck("search engine", timeoutMilliseconds: 2500) { _ = try await index.targets() }],
            prepare: {
                // The engine may come later than we do: the consumer makes the index as well when it is missing.
                do { try await index.ensure() } catch { log.warning("the search engine is not there yet", [("error", .string("\(error)"))]) }
            },
            close: { await curl.close() })
    }

    public static func migrate(_ context: ServiceContext) async throws -> [String] { [] }

    /// The index that the configuration names (`LYCEUM_ELASTICSEARCH_URL`, `LYCEUM_SEARCH_ALIAS`).
    private static func index(_ context: ServiceContext, _ curl: CurlClient) throws -> ElasticCourseIndex {
        let url = try context.configuration.url("ELASTICSEARCH_URL", schemes: ["http", "https"])
        let alias = try context.configuration.string("SEARCH_ALIAS", default: IndexDefinition.alias)
        return ElasticCourseIndex(ElasticClient(url.text, curl: curl), alias: alias)
    }
}
