import Kit

/// `lyceum-indexer sync`: what changed since the last run.
enum SyncCommand {
    static let verb = Verb(
        "sync", "Bring into the index what changed since the last run.",
        details: """
            Goes on where the last run ended (a change stream of MongoDB). What the index has already is not sent again.
            Where the last run ended is kept only when everything before it is in the index, so a run may be killed at any moment.
            Without such a place, or when MongoDB no longer knows that far back, all ids and revisions are compared once.
            Without an index it rebuilds.
            """,
        examples: ["lyceum-indexer sync"]
    ) { _ in
        try await IndexerProgram.run("sync") { job in
            try await job.underLease { lease in try await Sync(job: job, lease: lease)() }
        }
    }
}
