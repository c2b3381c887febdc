/// An answer as it came over the wire.
struct RawResponse: Sendable, Equatable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }

    /// Every whole answer at the start of the bytes; 100 Continue counts. `headOnly`: they are answers to HEAD.
    static func parse(_ bytes: [UInt8], headOnly: Bool = false) -> [RawResponse] {
        var answers: [RawResponse] = []
        var rest = bytes[...]
        while let (answer, next) = one(rest, headOnly) {
            answers.append(answer)
            rest = next
        }
        return answers
    }

    private static func one(_ bytes: ArraySlice<UInt8>, _ headOnly: Bool) -> (RawResponse, ArraySlice<UInt8>)? {
        guard let end = find("\r\n\r\n", bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1."), let status = Int(first.split(separator: " ")[1]) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        var answer = RawResponse(status: status, headers: headers, body: [])
        let start = end + 4
        if headOnly || status < 200 || status == 204 || status == 304 { return (answer, bytes[start...]) }
        if headers["transfer-encoding"] == "chunked" {
            guard let (body, rest) = chunks(bytes[start...]) else { return nil }
            answer.body = body
            return (answer, rest)
        }
        guard let length = headers["content-length"].flatMap({ Int($0) }), bytes.endIndex - start >= length else { return nil }
        answer.body = Array(bytes[start..<start + length])
        return (answer, bytes[(start + length)...])
    }

    private static func chunks(_ bytes: ArraySlice<UInt8>) -> ([UInt8], ArraySlice<UInt8>)? {
        var body: [UInt8] = []
        var rest = bytes
        while let end = find("\r\n", rest), let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16) {
            rest = rest[(end + 2)...]
            guard rest.count >= size + 2 else { return nil }
            body += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
            if size == 0 { return (body, rest) }
        }
        return nil
    }

    private static func find(_ text: String, _ bytes: ArraySlice<UInt8>) -> Int? {
        let wanted = Array(text.utf8)
        guard bytes.count >= wanted.count else { return nil }
        var index = bytes.startIndex
        while index + wanted.count <= bytes.endIndex {
            if bytes[index] == wanted[0], bytes[index..<index + wanted.count].elementsEqual(wanted) { return index }
            index += 1
        }
        return nil
    }
}
