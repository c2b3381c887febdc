internal import CExpat

/// Builds the elements of one document while expat reads it. Used once.
final class DocumentReader {
    private static let deepest = 64

    private let parser: OpaquePointer?
    /// The elements that are open, the innermost last.
    private var open: [XMLElement] = []
    private var root: XMLElement?
    private var refusal: String?

    init() { parser = XML_ParserCreate(nil) }
    deinit { XML_ParserFree(parser) }

    func read(_ bytes: [UInt8]) throws(XMLError) -> XMLElement {
        guard let parser else { throw XMLError(description: "expat has no memory for a document") }
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(parser, { me, name, _ in DocumentReader.of(me)?.begin(name) }, { me, _ in DocumentReader.of(me)?.end() })
        XML_SetCharacterDataHandler(parser) { me, text, count in DocumentReader.of(me)?.add(text, Int(count)) }
        XML_SetStartDoctypeDeclHandler(parser) { me, _, _, _, _ in DocumentReader.of(me)?.refuse("it has a document type") }
        let status = bytes.withUnsafeBytes { XML_Parse(parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(clamping: $0.count), 1) }
        if let refusal { throw XMLError(description: refusal) }
        guard status == XML_STATUS_OK, bytes.count <= Int(CInt.max), let root else {
            let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "not well-formed"
            throw XMLError(description: "\(reason) in line \(XML_GetCurrentLineNumber(parser))")
        }
        return root
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> DocumentReader? {
        context.map { Unmanaged<DocumentReader>.fromOpaque($0).takeUnretainedValue() }
    }

    private func begin(_ name: UnsafePointer<CChar>?) {
        guard let name else { return }
        guard open.count < Self.deepest else { return refuse("more than \(Self.deepest) elements are in each other") }
        let text = String(cString: name)
        open.append(XMLElement(name: text.lastIndex(of: ":").map { String(text[text.index(after: $0)...]) } ?? text))
    }

    private func end() {
        guard let element = open.popLast() else { return }
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }

    private func add(_ text: UnsafePointer<CChar>?, _ count: Int) {
        guard let text, !open.isEmpty else { return }
        open[open.count - 1].text += String(decoding: UnsafeRawBufferPointer(start: text, count: count), as: UTF8.self)
    }

    private func refuse(_ reason: String) {
        refusal = refusal ?? reason
        XML_StopParser(parser, XML_Bool(XML_FALSE))
    }
}
