import JSON
@testable import JOSE
import Testing

/// A token made by another implementation (Python's `cryptography`), so that nothing of ours decides what a signature covers.
/// The header stands readable; the signature, unless it says otherwise, is a real one by `ours` over this header and `payload`.
struct ForgedToken: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let header: String
    let signature: String
    let refusal: TokenRefusal

    init(_ description: String, _ header: String, _ signature: String, _ refusal: TokenRefusal) {
        testDescription = description
        self.header = header
            .replacing("KID", with: Self.kid)
            .replacing("OTHER", with: Self.otherKid)
            .replacing("THEIRS", with: Self.theirs)
        self.signature = signature
        self.refusal = refusal
    }

    var token: String {
        get throws { try Self.assemble(header, signature) }
    }

    static func assemble(_ header: String, _ signature: String, payload: String = payload) throws -> String {
        Base64.url.encode(Array(header.utf8)) + "." + Base64.url.encode(Array(payload.utf8)) + "." + signature
    }

    static let payload = #"{"iss":"lyceum","sub":"019a"}"#
    static let header = #"{"alg":"ES256","kid":"RnGulTWI24nVf5jIQ6vkdA0vUdhqkJo1iRbJmTiLMTw","typ":"at+jwt"}"#
    static let signature = "i_0mAKrqJiQaGFht-TGDEZLEHVd0G3VnUOiE0QXWd38JXpfzQM_slrXN6Waa_omhxANpQHxGZGJ5DpZTlZBViQ"
    /// The key that the set under test has.
    static let ours = #"""
        {"kty":"EC","crv":"P-256","x":"FzNwDTokDSTlN3fKxwfRMY9lTZ9_pptij5vfsD9ZJj0",
        "y":"RmWsgB4-wn-_L64XeqXnLr3SziQ2m7LxHYuxtX7IlTk",
        "d":"HJqz9OLXBWuKk8HS5PWmt8jZ4PGis8TV5vcIGSo7TF0"}
        """#
    static let kid = "RnGulTWI24nVf5jIQ6vkdA0vUdhqkJo1iRbJmTiLMTw"
    /// The attacker's key.
    static let theirs = #"{"kty":"EC","crv":"P-256","x":"Zpu6916Icp5eAWlEX9u_54DrgrwXszlmm67J6R5s_kE","#
        + #""y":"A8hcN6vmrVLH99MMKwroR_TKb6tLAv4a3_vvjNNEmNY"}"#
    static let otherKid = "pLhhFQe5U7P_4OXy0tHU__DajwKPANVzvz6h3FokIdI"
}
