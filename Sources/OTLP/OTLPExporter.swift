public import Curl
internal import JSON
public import Kit
internal import Loop
public import Telemetry

/// Brings the spans of this process to a collector (OTLP 1.x over HTTP, JSON encoding), in batches, beside the requests and never in their way: while
/// the collector is away the newest spans are dropped and counted.
///
/// Run it before the services whose spans it exports, so that it ends after them: what is left then goes out within three seconds.
public final class OTLPExporter: Service {
    /// For logs.
    public let name = "trace export"
    private let settings: OTLPSettings
    private let url: String
    private let client: CurlClient
    private let queue: SpanQueue
    private let metrics: OTLPMetrics
    private let log: Log
    private let instance = UUID16.v7().description
    private let isFailing = Locked(false)

    /// Nil when `settings` name no collector.
    public init?(_ settings: OTLPSettings, client: CurlClient, metrics: Metrics = .shared, log: Log) {
        guard let endpoint = settings.endpoint else { return nil }
        self.settings = settings
        url = endpoint + "/v1/traces"
        self.client = client
        queue = SpanQueue(limit: settings.queued)
        self.metrics = OTLPMetrics(metrics)
        self.log = log
    }

    /// Where the spans of a service of this process go.
    public func tracer(for service: String) -> Tracer { Tracer(service: service, ratio: settings.ratio, queue: queue) }

    /// Exports until the task is cancelled, and then what is left.
    public func run() async throws {
        var batch: [SpanRecord] = []
        while !Task.isCancelled {
            // A look now and then: whoever adds a span need wake nobody.
            try? await Task.sleep(for: .milliseconds(settings.interval))
            await export(&batch, within: settings.batchMilliseconds)
        }
        let rest = batch
        try await toItsEnd { [self] in
            var rest = rest
            await export(&rest, within: settings.finalMilliseconds)
        }
    }

    /// Sends batches until the queue is empty or the task is cancelled; what is not settled then stays in `batch`.
    private func export(_ batch: inout [SpanRecord], within milliseconds: Int) async {
        repeat {
            if batch.isEmpty { batch = queue.take(upTo: settings.batch) }
            metrics.dropped(queue.takeDropped(), "queue_full")
            guard !batch.isEmpty, await deliver(batch, by: Deadline(milliseconds: milliseconds)) else { return }
            batch = []
        } while !Task.isCancelled
    }

    /// Whether the batch is settled, well or ill; false when the task was cancelled before.
    private func deliver(_ batch: [SpanRecord], by deadline: Deadline) async -> Bool {
        var attempt = 1
        while true {
            switch settings.retry.verdict(on: await send(batch, deadline), attempt: attempt) {
            case .taken(let rejected, let why):
                metrics.exported(batch.count - rejected)
                metrics.dropped(rejected, "rejected")
                note(rejected > 0 ? why : nil)
                return true
            case .lost(let why):
                return Task.isCancelled ? false : give(up: batch, why)
            case .again(let milliseconds, let why):
                if Task.isCancelled { return false }
                guard milliseconds < deadline.remainingMilliseconds else { return give(up: batch, why) }
                do { try await Task.sleep(for: .milliseconds(milliseconds)) } catch { return false }
                attempt += 1
            }
        }
    }

    private func give(up batch: [SpanRecord], _ why: String) -> Bool {
        metrics.dropped(batch.count, "lost")
        note(why)
        return true
    }

    private func send(_ batch: [SpanRecord], _ deadline: Deadline) async -> Result<CurlResponse, CurlError> {
        let headers = [HeaderField("Content-Type", "application/json")] + settings.headers.map { HeaderField($0.name, $0.value) }
        let request = CurlRequest(
            "POST", url, headers: headers, body: OTLPBatch(spans: batch, instance: instance).jsonBuffer,
            timeoutMilliseconds: min(settings.requestMilliseconds, deadline.remainingMilliseconds), limit: 1 << 20)
        do throws(CurlError) { return .success(try await client.send(request)) } catch { return .failure(error) }
    }

    /// A line when it begins to fail and one when it is well again, however long it takes.
    private func note(_ failure: String?) {
        let wasFailing = isFailing.withLock { isFailing in
            defer { isFailing = failure != nil }
            return isFailing
        }
        if let failure, !wasFailing { log.warning("traces cannot be exported", [("collector", .string(url)), ("reason", .string(failure))]) }
        if failure == nil, wasFailing { log.notice("traces are exported again") }
    }
}
