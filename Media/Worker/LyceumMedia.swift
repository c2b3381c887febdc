@main struct LyceumMedia { static func main() { print("lyceum-media") } }
