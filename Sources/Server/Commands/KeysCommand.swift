import JOSE
import Kit
import Telemetry

/// `lyceum keys generate DIR`, `list`, `rotate`: the keys that services sign with.
enum KeysCommand {
    /// Longer than it takes until everybody has seen a new key: 30 s until the users service reads it, 5 min that its key set may be kept.
    static let leadSeconds = 900
    private static let folder = Argument("DIR", "The folder; made if it is missing.")

    static let verb = Verb("keys", "Make and change the keys that services sign with.", verbs: [
        Verb(
            "generate", "Make the keys that are missing in a folder; those that are there stay.",
            details: """
                users-signing.jwk    signs access tokens (ES256)
                service-<name>.jwk   signs the calls of one service to others (ES256)
                services.jwks.json   the public keys of all services
                playback.keys        signs the paths of streams (HMAC); the first line signs, all of them check
                Every file but services.jwks.json is a secret, readable by its owner alone.
                """,
            examples: ["keys generate .dev/keys"], arguments: [folder], run: generate),
        Verb(
            "rotate", "Add a new signing key for access tokens and for each service, while everything runs.",
            details: """
                The new key is published at once and signs after the lead, when all who check tokens know it. The old one is published for another
                15 minutes, until its last token has expired; the next rotation removes its file. Nothing needs a restart.

                A key that got out: add new ones with --lead 0, remove the file of the old one, and run `keys generate` so that services.jwks.json forgets
                it too. Its tokens open nothing a minute later; until then some requests with new tokens may be refused.
                """,
            examples: ["keys rotate .dev/keys"], arguments: [folder],
            flags: [Flag("lead", value: "SECONDS", "From when the new keys sign.", fallback: "\(leadSeconds)")], run: rotate),
        Verb(
            "list", "Say which signing keys there are and what each is for now.", examples: ["keys list .dev/keys"], arguments: [folder], run: list),
    ])

    private static func generate(_ words: Words) async throws -> Int32 {
        let folder = try KeyFolder(words.argument(0) ?? ".")
        try folder.complete(at: .now)
        CommandLineTable.writeOut("keys are in \(folder.path)\n")
        return 0
    }

    private static func rotate(_ words: Words) async throws -> Int32 {
        let lead = try words.int("lead", in: 0...86_400) ?? leadSeconds
        for (signer, change) in try KeyFolder(words.argument(0) ?? ".").rotate(leadSeconds: lead, at: .now) {
            switch change {
            case .added(let time): CommandLineTable.writeOut("\(signer): a new key signs from \(time)\n")
            case .underWay(let time): CommandLineTable.writeOut("\(signer): unchanged, a key waits to sign from \(time)\n")
            }
        }
        return 0
    }

    private static func list(_ words: Words) async throws -> Int32 {
        for (entry, phase) in try KeyFolder(words.argument(0) ?? ".").keys(at: .now) {
            CommandLineTable.writeOut("\(entry.file)  \(entry.key.kid)  \(text(phase, entry))\n")
        }
        return 0
    }

    private static func text(_ phase: SigningKeys.Phase, _ entry: SigningKeys.Entry) -> String {
        switch phase {
        case .waits: "waits to sign from \(entry.signsFrom)"
        case .signs: "signs"
        case .verifies(let end): "verifies until \(end)"
        case .over: "over"
        }
    }
}
