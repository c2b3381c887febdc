import Glibc
import JOSE
import JSON
import Kit
import OpenSSL
import Telemetry

/// The folder of the keys that services sign with, as an operator changes it.
struct KeyFolder {
    /// Who signs access tokens, and who calls: the services, and those that are none.
    static let signers = ["users-signing"] + callers.map { "service-\($0)" }
    private static let callers = HostedServices.names + ["worker", "indexer"]

    let path: String

    /// Makes the folder if it is missing.
    init(_ path: String) throws(FileProblem) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileProblem("\(path): \(String(cString: strerror(errno)))") }
        self.path = path
    }

    /// Makes what is missing; what is there stays.
    func complete(at now: Timestamp) throws {
        for signer in Self.signers where try SigningKeys(folder: path, signer: signer) == nil { try makeKey("\(signer).jwk") }
        let secret = "k\(Hex.encode(Random.bytes(3))) \(Base64.url.encode(Random.bytes(32)))\n"
        if access("\(path)/playback.keys", F_OK) != 0 { try WholeFile.write(Array(secret.utf8), to: "\(path)/playback.keys") }
        try writeServiceKeys(at: now)
    }

    /// What a rotation did to one signer.
    enum Change: Equatable {
        /// A new key begins to sign at that time.
        case added(signsFrom: Timestamp)
        /// One was added before, and does not sign yet.
        case underWay(signsFrom: Timestamp)
    }

    /// Gives every signer a key that begins to sign `leadSeconds` after `now`, unless one waits already, and removes those of which no token is alive.
    func rotate(leadSeconds: Int, at now: Timestamp) throws -> [(signer: String, change: Change)] {
        try complete(at: now)
        var changes: [(signer: String, change: Change)] = []
        for signer in Self.signers {
            guard let keys = try SigningKeys(folder: path, signer: signer) else { continue }
            if let waiting = keys.phases(at: now).first(where: { $0.phase == .waits }) {
                changes.append((signer, .underWay(signsFrom: waiting.entry.signsFrom)))
            } else {
                let signsFrom = Timestamp(unixSeconds: now.unixSeconds + Int64(leadSeconds))
                try makeKey(SigningKeys.fileName(of: signer, signsFrom: signsFrom))
                changes.append((signer, .added(signsFrom: signsFrom)))
            }
            for (entry, phase) in keys.phases(at: now) where phase == .over { unlink("\(path)/\(entry.file)") }
        }
        try writeServiceKeys(at: now)
        return changes
    }

    /// Every key and what it is for at `now`.
    func keys(at now: Timestamp) throws -> [(entry: SigningKeys.Entry, phase: SigningKeys.Phase)] {
        try Self.signers.flatMap { try SigningKeys(folder: path, signer: $0)?.phases(at: now) ?? [] }
    }

    private func makeKey(_ file: String) throws {
        try WholeFile.write(try SigningKey.generate().privateJWK(), to: "\(path)/\(file)")
    }

    private func writeServiceKeys(at now: Timestamp) throws {
        var keys: [(name: String, key: PublicKey)] = []
        for caller in Self.callers {
            for key in try SigningKeys(folder: path, signer: "service-\(caller)")?.published(at: now) ?? [] { keys.append((caller, key)) }
        }
        try WholeFile.write(ServiceKeys.document(keys).array, to: "\(path)/services.jwks.json", mode: 0o644)
    }
}
