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
public final class Counter: MetricFamily {
    private let table: SeriesTable<AtomicNumber>
    init(_ table: SeriesTable<AtomicNumber>) { self.table = table }

    /// Adds `amount`, which is not negative, to the series of these label values.
    public func add(_ amount: Double = 1, _ values: String...) { series(values).add(amount) }
    /// What the series stands at.
    public func value(_ values: String...) -> Double { series(values).value }

    private func series(_ values: [String]) -> AtomicNumber { table.series(values) { AtomicNumber() } }

    func write(to text: inout String) {
        table.writeHead(kind: "counter", to: &text)
        for (values, series) in table.all { table.writeLine("", values, series.value, to: &text) }
    }
}

/// A number that goes up and down: connections in use, rows waiting.
public final class Gauge: MetricFamily {
    private let table: SeriesTable<AtomicNumber>
    init(_ table: SeriesTable<AtomicNumber>) { self.table = table }

    public func set(_ value: Double, _ values: String...) { series(values).set(value) }
    public func add(_ amount: Double, _ values: String...) { series(values).add(amount) }
    public func value(_ values: String...) -> Double { series(values).value }

    private func series(_ values: [String]) -> AtomicNumber { table.series(values) { AtomicNumber() } }

    func write(to text: inout String) {
        table.writeHead(kind: "gauge", to: &text)
        for (values, series) in table.all { table.writeLine("", values, series.value, to: &text) }
    }
}
