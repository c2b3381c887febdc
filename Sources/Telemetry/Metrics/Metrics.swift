/// The metrics of a process, as Prometheus reads them (text exposition format 0.0.4).
/// Names and labels are literals; label values are bounded, so that no client can grow the memory.
public final class Metrics: Sendable {
    /// The registry of this process.
    public static let shared = Metrics()

    private let families = Guarded<[(name: String, family: any MetricFamily)]>([])

    public init() {}

    /// A number that only grows. The same name gives the same counter.
    public func counter(_ name: StaticString, help: StaticString, labels: [StaticString] = []) -> Counter {
        family(name) { Counter(SeriesTable(name: name, help: help, labels: labels)) }
    }

    /// A number that goes up and down.
    public func gauge(_ name: StaticString, help: StaticString, labels: [StaticString] = []) -> Gauge {
        family(name) { Gauge(SeriesTable(name: name, help: help, labels: labels)) }
    }

    /// How often a value fell into each bucket. `buckets`: upper bounds, ascending; +Inf is added.
    public func histogram(
        _ name: StaticString, help: StaticString, labels: [StaticString] = [], buckets: [Double] = Histogram.secondsOfRequests
    ) -> Histogram {
        family(name) { Histogram(SeriesTable(name: name, help: help, labels: labels), buckets: buckets) }
    }

    private func family<F: MetricFamily>(_ name: StaticString, _ make: () -> F) -> F {
        families.withLock { families in
            let name = name.description
            if let known = families.first(where: { $0.name == name })?.family {
                guard let known = known as? F else { preconditionFailure("the metric \(name) has another kind already") }
                return known
            }
            let made = make()
            families.append((name, made))
            return made
        }
    }

    /// All metrics, as `/metrics` answers them.
    public func text() -> [UInt8] {
        var text = ""
        for (_, family) in families.withLock({ $0 }).sorted(by: { $0.name < $1.name }) { family.write(to: &text) }
        return Array(text.utf8)
    }
}

protocol MetricFamily: Sendable {
    func write(to text: inout String)
}
