/// Where an object is kept: names with slashes between them, as `streams/0190…/v720_00001.m4s`.
///
/// Each name is 1 to 255 of `A–Z a–z 0–9 . _ - =`, and neither begins with a dot nor is empty, so that a key means the same to a folder, to S3 and
/// to a
/// path of HTTP, and none leads out of the store. At most 900 bytes.
public struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let text: String
    public var description: String { text }

    /// Nil for a text that is no key.
    public init?(_ text: String) {
        guard (1...900).contains(text.utf8.count), text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isName) else {
            return nil
        }
        self.text = text
    }

    /// A key below this one; nil when `name` is no name or one too many.
    public func appending(_ name: String) -> ObjectKey? { ObjectKey(text + "/" + name) }

    public static func < (left: ObjectKey, right: ObjectKey) -> Bool { left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }

    static func isName(_ name: some StringProtocol) -> Bool {
        (1...255).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "="): true
                default: false
                }
            }
    }
}
