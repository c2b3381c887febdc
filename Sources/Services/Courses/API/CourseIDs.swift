public import Kit

/// Marks the ids of courses.
public enum CourseTag {}
public typealias CourseID = ID<CourseTag>

/// Marks the ids of sections, which stay the same from version to version.
public enum SectionTag {}
public typealias SectionID = ID<SectionTag>

/// Marks the ids of lectures, which stay the same from version to version, so that progress survives a republish.
public enum LectureTag {}
public typealias LectureID = ID<LectureTag>

/// Marks the ids of published versions, which never change.
public enum VersionTag {}
public typealias VersionID = ID<VersionTag>
