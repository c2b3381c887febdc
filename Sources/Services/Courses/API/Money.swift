public import JSON

/// An amount in minor units of a currency (ISO 4217). Never a floating-point number.
public struct Money: Sendable, Hashable, JSONWritable {
    /// 1999 is 19.99 in a currency with two decimals.
    public let amount: Int
    /// Three capital letters.
    public let currency: String

    public init(amount: Int, currency: String) {
        self.amount = amount
        self.currency = currency
    }

    public var isFree: Bool { amount == 0 }

    /// Reads `{"amount": 1999, "currency": "EUR"}`.
    public init(from fields: inout JSONFields) {
        amount = fields.int("amount", in: 0...100_000_000)
        let text = fields.string("currency", length: 3...3)
        if !text.utf8.allSatisfy({ 0x41...0x5A ~= $0 }) { fields.fail("currency", "must be three capital letters (ISO 4217)") }
        currency = text
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("amount", amount)
        json.field("currency", currency)
        json.endObject()
    }
}
