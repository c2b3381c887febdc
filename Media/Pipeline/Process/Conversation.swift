/// What the parent has heard so far: bytes into lines into messages, all bounded. Pure.
struct Conversation {
    private var rest: [UInt8] = []
    private var messages = 0
    /// Several times what the longest conversation has: every per cent once, or every trial.
    private static let mostMessages = 1000
    private(set) var report: ProbeReport?
    private(set) var failure: MediaFailure?
    private(set) var isPackaged = false
    private(set) var progress = 0
    private(set) var trials: [SandboxReport.Trial] = []
    /// Set once the sandbox is closed; the version inside is nil where there is no Landlock.
    private(set) var confinement: SandboxReport.Confinement?
    /// Something was said that is no message: nothing more is believed.
    private(set) var isBroken = false

    /// New per cents, if there are any.
    mutating func hear(_ bytes: [UInt8]) -> [Int] {
        var percents: [Int] = []
        for byte in bytes where !isBroken {
            if byte != UInt8(ascii: "\n") {
                rest.append(byte)
                if rest.count > ConfinedMessage.longestLine { isBroken = true }
                continue
            }
            messages += 1
            if messages <= Self.mostMessages, let message = ConfinedMessage.read(rest) { percents += take(message) } else { isBroken = true }
            rest = []
        }
        return percents
    }

    private mutating func take(_ message: ConfinedMessage) -> [Int] {
        switch message {
        case .confined(let landlock): confinement = SandboxReport.Confinement(landlockVersion: landlock)
        case .progress(let percent):
            guard percent > progress else { return [] }
            progress = percent
            return [percent]
        case .report(let report): self.report = report
        case .packaged: isPackaged = true
        case .trial(let attempt, let outcome, let isRefused):
            if trials.count < 64 { trials.append(SandboxReport.Trial(attempt: attempt, outcome: outcome, isRefused: isRefused)) }
        case .failure(let failure): self.failure = failure
        }
        return []
    }
}
