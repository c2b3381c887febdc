import CFuzzer
import Glibc

/// `fuzz INPUT [libFuzzer's arguments]`: gives one reader bytes that nobody thought of, and holds what it makes of them against what must be true.
@main
enum Fuzz {
    private static let inputs: [String: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt] = [
        "path": { bytes, count in PathInput.read(Array(UnsafeBufferPointer(start: bytes, count: count))) },
        "query": { bytes, count in QueryInput.read(Array(UnsafeBufferPointer(start: bytes, count: count))) },
        "head": { bytes, count in HeadInput.read(Array(UnsafeBufferPointer(start: bytes, count: count))) },
        "json": { bytes, count in JSONInput.read(Array(UnsafeBufferPointer(start: bytes, count: count))) },
        "planted": { bytes, count in PlantedInput.read(Array(UnsafeBufferPointer(start: bytes, count: count))) },
    ]

    static func main() {
        guard CommandLine.arguments.count > 1, let input = inputs[CommandLine.arguments[1]] else {
            print("usage: fuzz \(inputs.keys.sorted().joined(separator: "|")) [libFuzzer's arguments]")
            exit(2)
        }
        let words = ["fuzz"] + CommandLine.arguments.dropFirst(2)
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var count = CInt(words.count)
        exit(pointers.withUnsafeMutableBufferPointer { pointers in
            var start = pointers.baseAddress
            return LLVMFuzzerRunDriver(&count, &start, input)
        })
    }
}

/// What must be true of every input. A trap is what libFuzzer keeps the input of.
func holds(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { fatalError(what()) }
}

/// A reader with a mistake that only a search led by coverage comes upon: it shows that the search works.
enum PlantedInput {
    static func read(_ bytes: [UInt8]) -> CInt {
        // Letter by letter: each turn of the loop is a step that the search sees itself come closer by.
        for (place, letter) in "lyce".utf8.enumerated() {
            guard place < bytes.count, bytes[place] == letter else { return 0 }
        }
        fatalError("the planted mistake")
    }
}
