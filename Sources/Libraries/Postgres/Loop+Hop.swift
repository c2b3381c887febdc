import Loop

extension Loop {
    /// Runs `body` on this loop: here when this is its thread, else over there, and comes back.
    func hop<R: Sendable>(_ body: @escaping @Sendable () async -> R) async -> R {
        isCurrent ? await body() : await away(body)
    }

    @concurrent private func away<R: Sendable>(_ body: @escaping @Sendable () async -> R) async -> R {
        await withTaskExecutorPreference(self) { @concurrent in
            // Not only a check: without a statement of its own before the call, Swift 6.3.1 leaves out the hop to the loop.
            preconditionCurrent()
            return await body()
        }
    }
}
