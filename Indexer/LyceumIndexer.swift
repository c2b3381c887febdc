@main struct LyceumIndexer { static func main() { print("lyceum-indexer") } }
