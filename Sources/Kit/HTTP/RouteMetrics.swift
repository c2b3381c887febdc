import Synchronization
import Telemetry

/// The metrics of one route.
struct RouteMetrics: Sendable {
    private let methods: [String: MethodMetrics]
    private let other: MethodMetrics

    init(_ metrics: RequestMetrics, _ route: String, methods: [String]) {
        self.methods = Dictionary(uniqueKeysWithValues: methods.map { ($0, MethodMetrics(metrics, $0, route)) })
        other = MethodMetrics(metrics, "other", route)
    }

    /// A request was answered.
    func count(_ method: String, status: Int, seconds: Double) { (methods[method] ?? other).count(status: status, seconds: seconds) }
}

/// One method of one route. Each series is looked for once, when it is first needed: after that a request takes no lock here.
private final class MethodMetrics: Sendable {
    private let metrics: RequestMetrics
    private let method: String
    private let route: String
    private let duration = AtomicLazyReference<Histogram.Series>()
    private let requests = InlineArray<160, AtomicLazyReference<Counter.Series>> { _ in AtomicLazyReference() }

    init(_ metrics: RequestMetrics, _ method: String, _ route: String) {
        self.metrics = metrics
        self.method = method
        self.route = route
    }

    func count(status: Int, seconds: Double) {
        requests(status).add()
        let duration = duration.load() ?? duration.storeIfNil(metrics.duration.series(metrics.service, method, route))
        duration.observe(seconds)
    }

    private func requests(_ status: Int) -> Counter.Series {
        guard let slot = Self.slot(of: status) else { return find(status) }
        return requests[slot].load() ?? requests[slot].storeIfNil(find(status))
    }

    private func find(_ status: Int) -> Counter.Series { metrics.requests.series(metrics.service, method, route, String(status)) }

    /// The statuses from 100 to 131, 200 to 231 and so on to 531: all that are answered to somebody.
    private static func slot(of status: Int) -> Int? {
        let (hundreds, rest) = status.quotientAndRemainder(dividingBy: 100)
        return 1...5 ~= hundreds && rest < 32 ? (hundreds - 1) * 32 + rest : nil
    }
}
