import Glibc

/// Makes a pipe in `ends`, first the end to read from, that programs which tests beside this one start do not keep open. As `pipe`: 0, or -1.
public func localPipe(_ ends: inout [CInt]) -> CInt {
    guard pipe(&ends) == 0 else { return -1 }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return 0
}
