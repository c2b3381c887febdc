import Glibc
import JOSE
import JSON
import Kit
import OpenSSL

/// `lyceum keys generate DIR`: the keys that services sign with.
enum KeysCommand {
    static let verb = Verb("keys", "Make the keys that services sign with.", verbs: [
        Verb(
            "generate", "Make the keys that are missing in a folder; those that are there stay.",
            details: """
                users-signing.jwk    signs access tokens (ES256)
                service-<name>.jwk   signs the calls of one service to others (ES256)
                services.jwks.json   the public keys of all services
                playback.keys        signs the paths of streams (HMAC); the first line signs, all of them check
                Every file but services.jwks.json is a secret, readable by its owner alone.
                """,
            examples: ["keys generate .dev/keys"], arguments: [Argument("DIR", "The folder; made if it is missing.")], run: run)
    ])

    /// Who calls others besides the services.
    private static let others = ["worker", "indexer"]

    private static func run(_ words: Words) async throws -> Int32 {
        let folder = words.argument(0) ?? "."
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw FileProblem("\(folder): \(String(cString: strerror(errno)))") }
        _ = try key("\(folder)/users-signing.jwk")
        var services: [(name: String, key: PublicKey)] = []
        for name in HostedServices.names + others { services.append((name, try key("\(folder)/service-\(name).jwk").publicKey)) }
        try WholeFile.write(ServiceKeys.document(services).array, to: "\(folder)/services.jwks.json", mode: 0o644)
        let secret = "k\(Hex.encode(Random.bytes(3))) \(Base64.url.encode(Random.bytes(32)))\n"
        if access("\(folder)/playback.keys", F_OK) != 0 { try WholeFile.write(Array(secret.utf8), to: "\(folder)/playback.keys") }
        CommandLineTable.writeOut("keys are in \(folder)\n")
        return 0
    }

    private static func key(_ path: String) throws -> SigningKey {
        if access(path, F_OK) == 0 { return try SigningKey.load(try MountedFile.read(path)) }
        let made = try SigningKey.generate()
        try WholeFile.write(try made.privateJWK(), to: path)
        return made
    }
}
