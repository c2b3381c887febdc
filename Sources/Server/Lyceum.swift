@main struct Lyceum { static func main() { print("lyceum") } }
