internal import JSON

/// An argon2id hash in PHC form, `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, read strictly before anything is computed from it.
struct StoredHash: Equatable {
    let cost: Argon2Cost
    let salt: [UInt8]
    let hash: [UInt8]

    /// Salts and hashes of stored passwords, in bytes.
    private static let saltRange = 8...64
    private static let hashRange = 16...64

    /// One that was just made.
    init(cost: Argon2Cost, salt: [UInt8], hash: [UInt8]) {
        (self.cost, self.salt, self.hash) = (cost, salt, hash)
    }

    /// Nil for another algorithm or version, parameters in another order or spelling, more than is granted, or anything added.
    init?(_ phc: String) {
        guard phc.utf8.count <= 300 else { return nil }
        let parts = phc.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19", let cost = Self.cost(parts[3]), cost.isGranted,
              let salt = Self.bytes(parts[4]), Self.saltRange.contains(salt.count),
              let hash = Self.bytes(parts[5]), Self.hashRange.contains(hash.count) else { return nil }
        self.init(cost: cost, salt: salt, hash: hash)
    }

    private static func cost(_ text: Substring) -> Argon2Cost? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 3, let memory = number(parts[0], named: "m="), let passes = number(parts[1], named: "t="),
              let lanes = number(parts[2], named: "p=") else { return nil }
        return Argon2Cost(memoryKiB: memory, passes: passes, lanes: lanes)
    }

    private static func number(_ text: Substring, named name: String) -> UInt32? {
        let digits = text.dropFirst(name.count)
        guard text.hasPrefix(name), (1...9).contains(digits.utf8.count), digits.utf8.first != UInt8(ascii: "0"),
              digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return UInt32(digits)
    }

    /// The bytes that base64 without padding stands for; nil for anything else.
    private static func bytes(_ text: Substring) -> [UInt8]? { text.utf8.contains(pad) ? nil : Base64.plain.decode(text) }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: Base64.plain.encode(bytes).utf8.filter { $0 != pad }, as: UTF8.self)
    }

    private static let pad = UInt8(ascii: "=")
}

extension StoredHash: CustomStringConvertible {
    /// What a database keeps.
    var description: String {
        "$argon2id$v=19$m=\(cost.memoryKiB),t=\(cost.passes),p=\(cost.lanes)$\(Self.text(salt))$\(Self.text(hash))"
    }
}
