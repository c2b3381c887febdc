import Kit

/// `lyceum-indexer rebuild`: a new index in the place of the one that is read.
enum RebuildCommand {
    static let verb = Verb(
        "rebuild", "Make a new index from MongoDB and put it in the place of the old one.",
        details: """
            Searches are answered from the old index until the new one is complete; changes made meanwhile are in it.
            The two indexes before it are kept.
            An index that is not plausible (it differs from MongoDB by more than 1 % of the courses, or has less than
            9 of 10 of what the old one had) is not put in place: exit code 3.
            """,
        examples: ["lyceum-indexer rebuild", "lyceum-indexer rebuild --force"],
        flags: [Flag("force", "Put the new index in place even if it is not plausible.")]
    ) { words in
        let isForced = words.has("force")
        return try await IndexerProgram.run("rebuild") { job in
            try await job.underLease { lease in try await Rebuild(job: job, lease: lease, isForced: isForced)() }
        }
    }
}
