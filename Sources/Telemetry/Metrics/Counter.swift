import Synchronization

/// A floating-point number that threads add to without a lock.
final class AtomicNumber: Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let (done, seen) = bits.weakCompareExchange(expected: old, desired: (Double(bitPattern: old) + amount).bitPattern, ordering: .relaxed)
            if done { return }
            old = seen
        }
    }
}

/// A number that only grows: requests served, bytes sent.
///
/// What is counted often keeps the series it counts in: to find one costs a lock, to add to it does not.
public final class Counter: MetricFamily {
    /// The number for one combination of label values.
    public final class Series: Sendable {
        private let number = AtomicNumber()
        init() {}

        /// Adds `amount`, which is not negative. Takes no lock.
        public func add(_ amount: Double = 1) { number.add(amount) }
        /// What it stands at.
        public var value: Double { number.value }
    }

    private let table: SeriesTable<Series>
    init(_ table: SeriesTable<Series>) { self.table = table }

    /// The series of these label values.
    public func series(_ values: String...) -> Series { find(values) }
    /// Adds `amount`, which is not negative, to the series of these label values. For what is rare.
    public func add(_ amount: Double = 1, _ values: String...) { find(values).add(amount) }
    /// What the series stands at.
    public func value(_ values: String...) -> Double { find(values).value }

    private func find(_ values: [String]) -> Series { table.series(values) { Series() } }

    func write(to text: inout String) {
        table.writeHead(kind: "counter", to: &text)
        for (values, series) in table.all { table.writeLine("", values, series.value, to: &text) }
    }
}

/// A number that goes up and down: connections in use, rows waiting.
public final class Gauge: MetricFamily {
    /// The number for one combination of label values.
    public final class Series: Sendable {
        private let number = AtomicNumber()
        init() {}

        /// Sets it. Takes no lock.
        public func set(_ value: Double) { number.set(value) }
        /// Adds to it. Takes no lock.
        public func add(_ amount: Double) { number.add(amount) }
        /// What it stands at.
        public var value: Double { number.value }
    }

    private let table: SeriesTable<Series>
    init(_ table: SeriesTable<Series>) { self.table = table }

    /// The series of these label values: to be kept where it is set often.
    public func series(_ values: String...) -> Series { find(values) }
    /// Sets the series of these label values. For what is rare.
    public func set(_ value: Double, _ values: String...) { find(values).set(value) }
    /// Adds to the series of these label values. For what is rare.
    public func add(_ amount: Double, _ values: String...) { find(values).add(amount) }
    /// What the series stands at.
    public func value(_ values: String...) -> Double { find(values).value }

    private func find(_ values: [String]) -> Series { table.series(values) { Series() } }

    func write(to text: inout String) {
        table.writeHead(kind: "gauge", to: &text)
        for (values, series) in table.all { table.writeLine("", values, series.value, to: &text) }
    }
}
