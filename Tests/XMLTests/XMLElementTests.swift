import Testing
import XML

@Suite struct XMLElementTests {
    @Test("names, texts and nesting come out, without prefixes, with entities decoded")
    func tree() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <s:List xmlns:s="http://example.com/" a="left out"><Contents><Key>a&amp;b &#xE9;</Key><ETag>&quot;1&quot;</ETag></Contents>
            <Contents><Key><![CDATA[<c>]]></Key></Contents><Empty/>one<!-- no -->two</s:List>
            """
        let list = try XMLElement(parsing: Array(text.utf8))
        #expect(list.name == "List")
        #expect(list.children.map(\.name) == ["Contents", "Contents", "Empty"])
        #expect(list.children.compactMap { $0["Key"] } == ["a&b é", "<c>"])
        #expect(list.child("Contents")?["ETag"] == "\"1\"")
        #expect(list["Empty"] == "" && list["None"] == nil)
        #expect(list.text.hasSuffix("onetwo"))
    }

    @Test("what is no document, or wants more than its text, is refused", arguments: [
        "", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&none;</a>", "<a b=1/>", "<a>\u{1}</a>", "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>",
        "<!DOCTYPE a [<!ENTITY e \"ee\"><!ENTITY f \"&e;&e;\">]><a>&f;</a>",
        String(repeating: "<a>", count: 65) + String(repeating: "</a>", count: 65),
    ])
    func refused(text: String) {
        #expect(throws: XMLError.self) { _ = try XMLElement(parsing: Array(text.utf8)) }
    }

    @Test("64 elements in each other are read")
    func deep() throws {
        let text = String(repeating: "<a>", count: 64) + String(repeating: "</a>", count: 64)
        #expect(try XMLElement(parsing: Array(text.utf8)).name == "a")
    }
}
