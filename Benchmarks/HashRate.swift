import Argon2

/// How many passwords a second are compared with nothing around it: the limit of sign-ins.
enum HashRate {
    static func measure(threads: Int, seconds length: Double) async throws -> Rate {
        let hasher = PasswordHasher(threads: threads)
        let phc = try await hasher.hash("correct horse battery")
        let watch = Stopwatch()
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            // Twice as many as threads: one waits while one is compared.
            for _ in 0..<(threads * 2) {
                group.addTask {
                    var done = 0
                    while watch.seconds < length {
                        guard try await hasher.verify("correct horse battery", phc) else { throw PasswordHashError.malformedHash }
                        done += 1
                    }
                    return done
                }
            }
            return try await group.reduce(0, +)
        }
        let rate = watch.rate(of: count)
        await hasher.stop()
        return rate
    }
}
