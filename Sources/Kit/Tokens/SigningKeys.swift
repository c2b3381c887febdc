public import JOSE
public import Telemetry

/// The keys of one signer, each signing from its moment until the next one does. All are published: a key before it signs, so that whoever checks
/// tokens knows it by then, and after it, until no token that it signed can be alive.
///
/// Each is a file of a folder, `<signer>.jwk` for one that signs from the beginning and `<signer>-<unix seconds>.jwk` for one that signs from then on.
public struct SigningKeys: Sendable {
    /// One of the keys.
    public struct Entry: Sendable {
        /// The key.
        public let key: SigningKey
        /// From then on it signs, until its successor does.
        public let signsFrom: Timestamp
        /// Its file's name.
        public let file: String
    }

    /// Where in its life a key is.
    public enum Phase: Sendable, Equatable {
        /// Published, so that others know it when it signs.
        case waits
        /// Signs.
        case signs
        /// Signs no more; until then its tokens are taken.
        case verifies(until: Timestamp)
        /// No token of it can be alive.
        case over
    }

    /// How long a key is published after its successor has begun to sign: longer than any token lives, and clocks are apart.
    public static let afterlifeSeconds = 900.0

    /// In the order in which they sign; never empty.
    public let entries: [Entry]

    /// Reads the keys of `signer` in `folder`; nil if it has none there. Throws `ConfigurationError`, which names the file, for one that is no key.
    public init?(folder: String, signer: String) throws(ConfigurationError) {
        let names: [String]
        do { names = try MountedFile.names(in: folder) } catch { throw Self.unreadable(folder, "\(error)") }
        var entries: [Entry] = []
        for name in names {
            guard let signsFrom = Self.signsFrom(name, of: signer) else { continue }
            entries.append(Entry(key: try Self.key("\(folder)/\(name)"), signsFrom: signsFrom, file: name))
        }
        guard !entries.isEmpty else { return nil }
        self.entries = entries.sorted { ($0.signsFrom, $0.file) < ($1.signsFrom, $1.file) }
    }

    /// The key that signs at `time`: the last one whose moment has come, or the first if none has.
    public func signing(at time: Timestamp) -> SigningKey { entries[place(at: time)].key }

    /// All keys that tokens may be checked with at `time`.
    public func published(at time: Timestamp) -> [PublicKey] {
        entries.indices.filter { phase($0, at: time) != .over }.map { entries[$0].key.publicKey }
    }

    /// The keys with what each is for at `time`.
    public func phases(at time: Timestamp) -> [(entry: Entry, phase: Phase)] {
        entries.indices.map { (entries[$0], phase($0, at: time)) }
    }

    private func phase(_ index: Int, at time: Timestamp) -> Phase {
        let signing = place(at: time)
        if index == signing { return .signs }
        if index > signing { return .waits }
        let end = entries[index + 1].signsFrom.adding(seconds: Self.afterlifeSeconds)
        return time < end ? .verifies(until: end) : .over
    }

    private func place(at time: Timestamp) -> Int { entries.lastIndex { $0.signsFrom <= time } ?? 0 }

    /// The name of the file for a key of `signer` that signs from `time` on.
    public static func fileName(of signer: String, signsFrom time: Timestamp) -> String { "\(signer)-\(time.unixSeconds).jwk" }

    /// Nil for a file that is not the signer's.
    private static func signsFrom(_ file: String, of signer: String) -> Timestamp? {
        guard file.hasPrefix(signer), file.hasSuffix(".jwk") else { return nil }
        let middle = file.dropFirst(signer.count).dropLast(4)
        if middle.isEmpty { return Timestamp(unixSeconds: 0) }
        guard middle.first == "-", middle.count <= 11, let seconds = Int64(middle.dropFirst()), seconds >= 0 else { return nil }
        return Timestamp(unixSeconds: seconds)
    }

    private static func key(_ path: String) throws(ConfigurationError) -> SigningKey {
        do { return try SigningKey.load(try MountedFile.read(path)) } catch { throw unreadable(path, "\(error)") }
    }

    static func unreadable(_ path: String, _ why: String) -> ConfigurationError {
        ConfigurationError(key: "LYCEUM_KEYS_DIRECTORY", "cannot use \(path): \(why)")
    }
}
