/// How often a value fell into each bucket: durations, sizes.
public final class Histogram: MetricFamily {
    /// Bounds for the duration of a request, in seconds.
    public static let secondsOfRequests: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// Bounds for the duration of a job, in seconds.
    public static let secondsOfJobs: [Double] = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600]

    /// The buckets for one combination of label values.
    public final class Series: Sendable {
        private let buckets: [Double]
        let counts: [AtomicNumber]
        let sum = AtomicNumber()

        init(_ buckets: [Double]) {
            self.buckets = buckets
            counts = (0...buckets.count).map { _ in AtomicNumber() }
        }

        /// Counts one value. Takes no lock.
        public func observe(_ value: Double) {
            counts[buckets.firstIndex { value <= $0 } ?? buckets.count].add(1)
            sum.add(value)
        }
    }

    private let table: SeriesTable<Series>
    private let buckets: [Double]

    init(_ table: SeriesTable<Series>, buckets: [Double]) {
        self.table = table
        self.buckets = buckets
    }

    /// The series of these label values: to be kept where values come often.
    public func series(_ values: String...) -> Series { find(values) }
    /// Counts one value in the series of these label values. For what is rare.
    public func observe(_ value: Double, _ values: String...) { find(values).observe(value) }

    private func find(_ values: [String]) -> Series { table.series(values) { Series(buckets) } }

    func write(to text: inout String) {
        table.writeHead(kind: "histogram", to: &text)
        for (values, series) in table.all {
            var total = 0.0
            for (bound, count) in zip(buckets + [.infinity], series.counts) {
                total += count.value
                table.writeLine("_bucket", values, extra: ("le", formatted(bound)), total, to: &text)
            }
            table.writeLine("_sum", values, series.sum.value, to: &text)
            table.writeLine("_count", values, total, to: &text)
        }
    }
}
