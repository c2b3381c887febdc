import Glibc
import JSON

/// `lyceum-bench`: what single parts of the product cost, each measured alone. `make bench` runs it beside the whole.
@main
enum Benchmark {
    private static let usage = """
        lyceum-bench PART SECONDS [URL]: prints {"perSecond":…,"cpuMicroseconds":…}, the latter for each time.
        PART is hash, json-writer, json-encoder, or with the URL of a database postgres-sequential or postgres-pipelined.

        """

    static func main() async {
        let words = CommandLine.arguments.dropFirst().map { $0 }
        guard words.count >= 2, let length = Double(words[1]), length > 0 else { return refuse() }
        do {
            switch words[0] {
            case "hash": report(try await HashRate.measure(threads: 2, seconds: length))
            case "json-writer": report(cost(seconds: length) { SamplePage.one.jsonBuffer.count })
            case "json-encoder": report(try cost(seconds: length) { try SamplePage.one.encoded().count })
            case "postgres-sequential", "postgres-pipelined":
                guard words.count == 3 else { return refuse() }
                report(try await RoundTrips.measure(url: words[2], isPipelined: words[0] == "postgres-pipelined", seconds: length))
            default: refuse()
            }
        } catch {
            print("lyceum-bench: \(error)")
            exit(1)
        }
    }

    private static func refuse() {
        _ = usage.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        exit(2)
    }

    private static func report(_ rate: Rate) {
        print(JSONWriter.object { json in
            json.field("perSecond", rate.perSecond)
            json.field("cpuMicroseconds", rate.cpuMicroseconds)
        }.text)
    }
}

/// How often something was done.
struct Rate {
    let perSecond: Double
    /// Of this process, each time.
    let cpuMicroseconds: Double
}

/// Counts from its making on.
struct Stopwatch {
    private let begin = clock(CLOCK_MONOTONIC)
    private let cpu = clock(CLOCK_PROCESS_CPUTIME_ID)

    var seconds: Double { clock(CLOCK_MONOTONIC) - begin }

    func rate(of count: Int) -> Rate {
        let used = clock(CLOCK_PROCESS_CPUTIME_ID) - cpu
        return Rate(perSecond: Double(count) / seconds, cpuMicroseconds: used / Double(max(count, 1)) * 1e6)
    }
}

/// Seconds on a clock, or of this process's CPU.
private func clock(_ id: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(id, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Does `body`, which says how many bytes it made, for so long.
func cost(seconds length: Double, _ body: () throws -> Int) rethrows -> Rate {
    var (count, bytes) = (0, 0)
    let watch = Stopwatch()
    repeat {
        for _ in 0..<16 { bytes &+= try body() }
        count += 16
    } while watch.seconds < length
    // The sum is used, or the optimiser could leave the work out.
    precondition(bytes > 0, "nothing was written")
    return watch.rate(of: count)
}
