internal import CCurl
import Glibc

/// A request's body on its way out: one piece at a time is fetched, and libcurl rests meanwhile. Its loop's thread only.
final class Outflow {
    let upload: CurlUpload
    /// Why the source gave no more.
    private(set) var error: CurlError?
    private var piece: [UInt8] = []
    private var used = 0
    /// Where the next piece begins.
    private var offset = 0
    private var hasEnded = false
    private var fetch: Task<Void, Never>?
    /// Changes when libcurl begins anew: what was asked for before is not the next piece any more.
    private var round = 0

    init(_ upload: CurlUpload) { self.upload = upload }

    /// What libcurl's read callback answers: a count, 0 at the end, or one of its codes. `ask` fetches the piece at an offset.
    func read(into buffer: UnsafeMutableRawBufferPointer, ask: (_ offset: Int, _ round: Int) -> Task<Void, Never>) -> Int {
        guard error == nil else { return Int(CURL_READFUNC_ABORT) }
        if used < piece.count {
            let count = min(buffer.count, piece.count - used)
            piece.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[used..<used + count])) }
            used += count
            return count
        }
        if hasEnded || offset == upload.length { return 0 }
        if fetch == nil { fetch = ask(offset, round) }
        return Int(CURL_READFUNC_PAUSE)
    }

    /// What a fetch came to. False when nobody waits for it any more.
    func take(_ result: Result<[UInt8], any Error>, round: Int) -> Bool {
        guard round == self.round, fetch != nil else { return false }
        fetch = nil
        switch result {
        case .failure(let error):
            self.error = error as? CurlError ?? CurlError(.source, "the source of the body failed: \(error)")
        case .success(let bytes) where bytes.isEmpty && upload.length.map { offset < $0 } ?? false:
            error = CurlError(.source, "the body ends after \(offset) of \(upload.length ?? 0) bytes")
        case .success(let bytes):
            hasEnded = bytes.isEmpty
            piece = upload.length.map { Array(bytes.prefix($0 - offset)) } ?? bytes
            used = 0
            offset += piece.count
        }
        return true
    }

    /// libcurl goes back, after a kept connection that was dead.
    func seek(to offset: Int) {
        close()
        (piece, used, self.offset, hasEnded) = ([], 0, offset, false)
    }

    /// Nothing more is wanted.
    func close() {
        fetch?.cancel()
        fetch = nil
        round += 1
    }
}
