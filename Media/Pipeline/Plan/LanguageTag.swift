/// A language as playlists name it (RFC 5646): two letters where there are two.
struct LanguageTag: Equatable {
    let text: String
    /// ISO 639-2, as MP4 keeps it.
    let threeLetters: String

    static let undetermined = LanguageTag(text: "und", threeLetters: "und")

    private init(text: String, threeLetters: String) {
        self.text = text
        self.threeLetters = threeLetters
    }

    /// From what a file says: two or three letters, maybe with a region. Nil for anything else, `und` included.
    init?(_ declared: String?) {
        guard let primary = declared?.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).first, (2...3).contains(primary.count),
            primary.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }), primary != "und"
        else { return nil }
        let code = String(primary)
        if let pair = Self.pairs.first(where: { $0.0 == code || $0.1.contains(code) }) {
            self.init(text: pair.0, threeLetters: pair.1[0])
        } else {
            self.init(text: code, threeLetters: code.count == 3 ? code : "und")
        }
    }

    /// Two letters, then the three-letter codes that mean the same (terminology first).
    private static let pairs: [(String, [String])] = [
        ("ar", ["ara"]), ("bg", ["bul"]), ("bn", ["ben"]), ("ca", ["cat"]), ("cs", ["ces", "cze"]), ("da", ["dan"]), ("de", ["deu", "ger"]),
        ("el", ["ell", "gre"]),
        ("en", ["eng"]), ("es", ["spa"]), ("et", ["est"]), ("fa", ["fas", "per"]), ("fi", ["fin"]), ("fr", ["fra", "fre"]), ("he", ["heb"]),
        ("hi", ["hin"]),
        ("hr", ["hrv"]), ("hu", ["hun"]), ("id", ["ind"]), ("it", ["ita"]), ("ja", ["jpn"]), ("ko", ["kor"]), ("lt", ["lit"]), ("lv", ["lav"]),
        ("ms", ["msa", "may"]),
        ("nl", ["nld", "dut"]), ("no", ["nor"]), ("pl", ["pol"]), ("pt", ["por"]), ("ro", ["ron", "rum"]), ("ru", ["rus"]), ("sk", ["slk", "slo"]),
        ("sl", ["slv"]),
        ("sr", ["srp"]), ("sv", ["swe"]), ("ta", ["tam"]), ("te", ["tel"]), ("th", ["tha"]), ("tr", ["tur"]), ("uk", ["ukr"]), ("ur", ["urd"]),
        ("vi", ["vie"]),
        ("zh", ["zho", "chi"]),
    ]
}
