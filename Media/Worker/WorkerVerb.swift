import Curl
import Glibc
import HTTP
import JOSE
import Kit
import Loop
import MediaAPI
import MediaPipeline
import OTLP
import ObjectStore
import S3
import ServiceCalls
import Telemetry

/// `lyceum-media worker`
enum WorkerVerb {
    static let verb = Verb(
        "worker", "Lease jobs from the media service and make their streams, until SIGTERM.",
        details: """
            SIGTERM: a job that runs is given back, and the worker ends within 10 s. The admin port has /health/live, /health/ready and /metrics.

            LYCEUM_KEYS_DIRECTORY          has service-worker.jwk, the key that calls are signed with
            LYCEUM_OBJECT_STORE            file:///… or s3://…: where originals are read and streams are put
            LYCEUM_OBJECT_STORE_KEY_ID     for s3:// the key that requests are signed with, and
            LYCEUM_OBJECT_STORE_KEY_SECRET its secret (or …_FILE, the path of a file that holds it)
            LYCEUM_MEDIA_URL               the admin port of the media service; the port base + 33 of this machine
            LYCEUM_MEDIA_WORKER_ADMIN_PORT the port base + 40
            LYCEUM_MEDIA_SLOTS             jobs at once; 1
            LYCEUM_MEDIA_TEMPORARY         where files of running jobs lie; lyceum-media-worker in $TMPDIR
            LYCEUM_OTLP_URL                the OTLP/HTTP collector that traces go to; none
            LYCEUM_LOG_LEVEL               debug, info, notice, warning or error
            """,
        examples: ["worker"]
    ) { _ in try await run() }

    private static func run() async throws -> Int32 {
        Signals.block()
        signal(SIGPIPE, SIG_IGN)
        let configuration = ConfigurationReader(environment: ConfigurationReader.processEnvironment)
        let settings = try WorkerSettings(configuration)
        let log = Log(service: "media-worker", level: settings.level)
        let space = try WorkerSpace.open(in: settings.temporary)
        defer { space.close() }
        let loops = LoopGroup(count: 1, name: "worker")
        let curl = CurlClient(loops)
        do {
            let exporter = OTLPExporter(settings.traces, client: curl, log: log)
            let jobs = try loop(
                settings, try configuration.objectStore(curl), space, curl, log, exporter?.tracer(for: "media-worker"))
            let background: [any Service] = (exporter.map { [$0] } ?? []) + [try admin(settings, jobs, loops, log), jobs]
            var times = ServiceGroup.Times()
            times.graceMilliseconds = 9000
            try await ServiceGroup(background, on: loops, log: log, times: times).run()
        } catch {
            log.error("ended by an error", [("error", .string("\(error)"))])
            StandardOutputSink.shared.flush()
            throw error
        }
        await curl.close()
        await loops.shutdown()
        StandardOutputSink.shared.flush()
        return 0
    }

    private static func loop(
        _ settings: WorkerSettings, _ store: any ObjectStore, _ space: WorkerSpace, _ curl: CurlClient, _ log: Log,
        _ tracer: Tracer?
    ) throws -> JobLoop {
        let keys = try SigningKeyFolder(settings.keys, signer: "service-worker", log: log)
        let transport = CurlServiceTransport(client: curl, tokens: ServiceTokenSource(service: "worker") { await keys.signing }, log: log) {
            [media = settings.media] service in
            service == "media" ? media : nil
        }
        let work = JobWork(store: store, processes: MediaProcesses(log: log), space: space, log: log)
        return JobLoop(client: MediaJobsClient(transport), work: work, slots: settings.slots, log: log, tracer: tracer)
    }

    private static func admin(_ settings: WorkerSettings, _ jobs: JobLoop, _ loops: LoopGroup, _ log: Log) throws -> AdminService {
        var listener = HTTPService.Configuration(address: settings.address, port: settings.adminPort)
        listener.graceMilliseconds = 1000
        return try AdminService(service: "media-worker", checks: jobs.checks, configuration: listener, loops: loops, log: log)
    }
}
