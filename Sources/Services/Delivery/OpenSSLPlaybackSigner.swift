import JSON
import Kit
import OpenSSL
import Telemetry

/// Signs and checks the paths of streams. Keys rotate by their id: the first signs, all of them check.
struct OpenSSLPlaybackSigner: Sendable {
    /// Why a path does not open anything.
    enum Refusal: Error, Equatable {
        /// Its time is over.
        case expired
        /// It is not what we signed: altered, for another folder, or by a key that is gone.
        case forged
    }

    private let keys: [(id: String, secret: [UInt8])]

    /// Reads the key file: lines of `<id> <base64url of at least 32 bytes>`, the first signs.
    init(keyFile text: String) throws(ConfigurationError) {
        var keys: [(id: String, secret: [UInt8])] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, words[0].utf8.allSatisfy(Self.isPlain), let secret = Base64.url.decode(words[1]), secret.count >= 32 else {
                throw ConfigurationError(key: "LYCEUM_KEYS_DIRECTORY", "playback.keys must hold lines of an id and 32 bytes in base64url")
            }
            keys.append((String(words[0]), secret))
        }
        guard !keys.isEmpty else { throw ConfigurationError(key: "LYCEUM_KEYS_DIRECTORY", "playback.keys holds no key") }
        self.keys = keys
    }

    /// A path that opens the folder of a stream until `expires`.
    func sign(asset: String, hash: String, session: String, until expires: Timestamp) -> PlaybackPath {
        let key = keys[0]
        let text = PlaybackPath.signedText(expires: expires.unixSeconds, keyID: key.id, session: session, asset: asset, hash: hash)
        let signature = Base64.url.encode(HMAC.sha256(text, key: key.secret))
        return PlaybackPath(expires: expires.unixSeconds, keyID: key.id, session: session, signature: signature, asset: asset, hash: hash)
    }

    /// Throws unless the path is one that we signed and its time is not over. The signature is looked at first, so that nothing is told to who forged it.
    func check(_ path: PlaybackPath, at time: Timestamp) throws(Refusal) {
        guard let key = keys.first(where: { $0.id == path.keyID }) else { throw .forged }
        let text = PlaybackPath.signedText(expires: path.expires, keyID: path.keyID, session: path.session, asset: path.asset, hash: path.hash)
        guard constantTimeEquals(Array(Base64.url.encode(HMAC.sha256(text, key: key.secret)).utf8), Array(path.signature.utf8)) else { throw .forged }
        guard time.unixSeconds < path.expires else { throw .expired }
    }

    private static func isPlain(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte || 0x61...0x7A ~= byte || 0x41...0x5A ~= byte }
}
