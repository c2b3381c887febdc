import Kit

/// `lyceum-indexer verify`: whether the index has what MongoDB has.
enum VerifyCommand {
    static let verb = Verb(
        "verify", "Compare every course's id and revision in MongoDB and in the index.",
        details: """
            missing  in MongoDB, not in the index
            extra    found by searches, not in MongoDB
            stale    older in the index, or wrongly found or hidden
            ahead    newer in the index, as after MongoDB was restored from a backup: only a rebuild mends it
            What is on its way while it looks is looked at again for some seconds before it counts.
            """,
        examples: ["lyceum-indexer verify", "lyceum-indexer verify --repair"],
        flags: [Flag("repair", "Mend what differs, then compare again.")]
    ) { words in
        let mends = words.has("repair")
        return try await IndexerProgram.run("verify") { job in try await Verify(job: job, mends: mends)() }
    }
}
