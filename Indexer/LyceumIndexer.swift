import Glibc
import Kit

/// The executable `lyceum-indexer`: reads the command line, wires, runs.
@main
struct LyceumIndexer {
    static let table = CommandLineTable(
        program: "lyceum-indexer", about: "Keeps the search index equal to the courses in MongoDB.", version: "1.0.0",
        details: """
            Each verb does its work, says in one line what it did, and ends; run `sync` as often as you like.

            Exit codes:
              0  done; also when there was nothing to do, when SIGTERM ended it at a safe place, and when another indexer is at work
              1  failed, and may be tried again: MongoDB or the search engine is away
              2  the command line or the configuration is not understood
              3  index and MongoDB differ: `verify` found differences, or what `rebuild` made is not plausible and was not put in place

            Configuration comes from the environment:
              LYCEUM_MONGO_URL              MongoDB, a replica set
              LYCEUM_MONGO_DATABASE         of the courses service; default courses
              LYCEUM_ELASTICSEARCH_URL      the search engine
              LYCEUM_SEARCH_ALIAS           what services read and write; default courses
              LYCEUM_INDEXER_LEASE_SECONDS  after which another may go on when this one was killed; default 20
              LYCEUM_INDEXER_METRICS_FILE   where numbers of the run are left as Prometheus text; default none
            """,
        verbs: [SyncCommand.verb, RebuildCommand.verb, VerifyCommand.verb])

    static func main() async {
        exit(await table.run())
    }
}
