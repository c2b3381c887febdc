import Telemetry
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("counters, gauges and histograms read as Prometheus text")
    func text() {
        let metrics = Metrics()
        let requests = metrics.counter("http_requests_total", help: "Requests answered.", labels: ["route", "status"])
        requests.add(1, "/v1/me", "200")
        requests.add(2, "/v1/me", "200")
        requests.add(1, "/a\"b\\c", "404")
        metrics.gauge("rows_waiting", help: "Rows.").set(2.5)
        let seconds = metrics.histogram("job_seconds", help: "Jobs.", buckets: [0.1, 1])
        seconds.observe(0.05); seconds.observe(0.5); seconds.observe(7)
        #expect(String(decoding: metrics.text(), as: UTF8.self) == """
            # HELP http_requests_total Requests answered.
            # TYPE http_requests_total counter
            http_requests_total{route="/a\\"b\\\\c",status="404"} 1
            http_requests_total{route="/v1/me",status="200"} 3
            # HELP job_seconds Jobs.
            # TYPE job_seconds histogram
            job_seconds_bucket{le="0.1"} 1
            job_seconds_bucket{le="1"} 2
            job_seconds_bucket{le="+Inf"} 3
            job_seconds_sum 7.55
            job_seconds_count 3
            # HELP rows_waiting Rows.
            # TYPE rows_waiting gauge
            rows_waiting 2.5

            """)
    }

    @Test("the same name is the same metric")
    func same() {
        let metrics = Metrics()
        metrics.counter("a_total", help: "A.").add(1)
        #expect(metrics.counter("a_total", help: "A.").value() == 1)
    }

    @Test("a series that is kept is the one that its label values name")
    func keptSeries() {
        let metrics = Metrics()
        let counter = metrics.counter("d_total", help: "D.", labels: ["who"]), gauge = metrics.gauge("e", help: "E.")
        let (kept, level) = (counter.series("me"), gauge.series())
        kept.add()
        counter.add(2, "me")
        level.set(4)
        level.add(-1)
        metrics.histogram("f_seconds", help: "F.", buckets: [1]).series().observe(0.5)
        #expect(kept.value == 3 && counter.series("me") === kept && counter.value("you") == 0)
        #expect(gauge.value() == 3)
        #expect(String(decoding: metrics.text(), as: UTF8.self).contains("f_seconds_bucket{le=\"1\"} 1"))
    }

    @Test("label values beyond the limit are counted together")
    func bounded() {
        let metrics = Metrics()
        let counter = metrics.counter("b_total", help: "B.", labels: ["who"])
        for n in 0..<5000 { counter.add(1, "\(n)") }
        #expect(counter.value("other") == 4000)
        #expect(String(decoding: metrics.text(), as: UTF8.self).split(separator: "\n").count == 2 + 1001)
    }

    @Test("nothing is lost when threads count at once")
    func concurrent() async {
        let counter = Metrics().counter("c_total", help: "C.")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<10_000 { counter.add() } } }
        }
        #expect(counter.value() == 80_000)
    }
}
