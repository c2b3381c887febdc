import Kit
import Loop
import MediaAPI
import Telemetry

/// One leased job from the lease to the report.
struct JobRun: Sendable {
    let client: MediaJobsClient
    let work: JobWork
    let times: JobTimes
    let log: Log

    /// On a loop. When the task is cancelled, the job is given back. `leased` is the moment before it was asked for.
    func run(_ job: LeasedJob, leased: ContinuousClock.Instant, on loop: Loop) async -> JobOutcome {
        let keeper = LeaseKeeper(job, client: client, times: times, leased: leased, log: log)
        let verdict = await race(job, keeper, on: loop)
        // A report is not broken off by a stop, but hurried.
        let isStopping = Locked(Task.isCancelled)
        return await withTaskCancellationHandler {
            await Task(executorPreference: loop) { await settle(job, verdict, keeper, on: loop) { isStopping.withLock { $0 } } }.value
        } onCancel: {
            isStopping.withLock { $0 = true }
        }
    }

    /// Gives back a job that nothing was done for. Also in a task that is cancelled.
    func release(_ job: LeasedJob, on loop: Loop) async -> JobOutcome {
        await Task(executorPreference: loop) { await giveBack(job) }.value
    }

    /// The work, as long as the lease lasts. Nil when it was broken off; the child has ended then.
    private func race(_ job: LeasedJob, _ keeper: LeaseKeeper, on loop: Loop) async -> JobVerdict? {
        await withTaskGroup(of: JobVerdict?.self) { group in
            group.addTask(executorPreference: loop) { await work.run(job) { keeper.advance(to: $0) } }
            group.addTask(executorPreference: loop) {
                await keeper.keep(on: loop)
                return nil
            }
            var verdict: JobVerdict?
            for await end in group {
                if let end { verdict = end }
                group.cancelAll()
            }
            return verdict
        }
    }

    private func settle(
        _ job: LeasedJob, _ verdict: JobVerdict?, _ keeper: LeaseKeeper, on loop: Loop, isStopping: @escaping @Sendable () -> Bool
    ) async -> JobOutcome {
        if keeper.isLost { return .lost }
        guard let verdict else { return await giveBack(job) }
        switch verdict {
        case .completed(let stream):
            return await report(.completed, keeper, on: loop, isStopping) { try await client.complete(job, stream: stream) }
        case .refused(let reason, let detail):
            log.info("the file is refused", [("reason", .string(reason))])
            return await report(.refused, keeper, on: loop, isStopping) { try await client.refuse(job, reason: reason, detail: detail) }
        case .failed(let failure):
            // Once may be chance; a second time is the file.
            let isFinal = failure.isPermanent && job.attempt >= 2
            log.warning(
                "a media job failed", [("reason", .string(failure.reason)), ("detail", .string(failure.detail)), ("final", .bool(isFinal))])
            return await report(.failed, keeper, on: loop, isStopping) {
                try await client.fail(job, reason: failure.reason, detail: failure.sentence, isFinal: isFinal, isPassing: failure.isPassing)
            }
        }
    }

    /// Tells it until it is heard, as long as the lease lasts; at least once.
    private func report(
        _ outcome: JobOutcome, _ keeper: LeaseKeeper, on loop: Loop, _ isStopping: @Sendable () -> Bool, _ send: () async throws -> Bool
    ) async -> JobOutcome {
        while true {
            do {
                return try await send() ? outcome : .lost
            } catch {
                guard !isStopping(), !keeper.isOver else { return .unreported }
            }
            // The media service is away: asked again until the lease is over, workers apart from each other.
            do { try await loop.sleep(milliseconds: JobTimes.jitter(times.progress)) } catch { return .unreported }
        }
    }

    private func giveBack(_ job: LeasedJob) async -> JobOutcome {
        do {
            return try await Deadline(milliseconds: times.release).during { try await client.release(job) } ? .released : .lost
        } catch {
            return .unreported
        }
    }
}
