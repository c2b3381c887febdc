import CoursesAPI
import Curl
import EnrollmentsAPI
public import Kit
import ObjectStore
import S3

/// Playback: who may, from where, and the files themselves for the CDN's edge.
public enum DeliveryService: HostedService {
    public static let name = "delivery"

    public static func make(_ context: ServiceContext) throws -> ServiceParts {
        let configuration = context.configuration
        let keys = try MountedFile.read("\(try configuration.string("KEYS_DIRECTORY"))/playback.keys")
        let signer = try OpenSSLPlaybackSigner(keyFile: String(decoding: keys, as: UTF8.self))
        let curl = CurlClient(context.loops)
        let objects = try configuration.objectStore(curl)
        let start = StartPlayback(
            courses: CoursesClient(context.transport), enrollments: EnrollmentsClient(context.transport), signer: signer, clock: context.clock)
        let edge = try configuration.url("EDGE_URL", schemes: ["http", "https"]).base
        return ServiceParts(
            routes: PlaybackRoutes(start: start, edge: edge).routes
                + OriginRoutes(signer: signer, streams: StoredStream(objects: objects), clock: context.clock).routes,
            checks: [HealthCheck("object store") { _ = try await objects.list(prefix: "streams/", after: nil, limit: 1) }],
            close: { await curl.close() })
    }

    public static func migrate(_ context: ServiceContext) async throws -> [String] { [] }
}
