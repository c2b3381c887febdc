-- How much of a course a student has done, kept with the enrollment: a list of courses need not count their lectures.
alter table course_facts add column lecture_count integer not null default 0 check (lecture_count >= 0);
alter table enrollments
    add column completed_lectures integer not null default 0 check (completed_lectures >= 0),
    add column total_lectures     integer not null default 0 check (total_lectures >= completed_lectures),
    add column percent            integer not null default 0 check (percent between 0 and 100);

update course_facts f set lecture_count = (
    select count(*) from course_lectures l where l.course_id = f.course_id and l.version_id = f.version_id);

-- As the service counts: a completed lecture whole, a video that was begun in part, 100 only when every lecture is completed.
with lectures as (
    select e.user_id, e.course_id, p.completed_at is not null as completed,
        case when p.completed_at is not null then 100 when coalesce(l.duration_seconds, 0) = 0 then 0
            else least((select coalesce(sum(upper(r) - lower(r)), 0) from unnest(p.watched) r) * 100 / l.duration_seconds, 100) end as percent
    from enrollments e
    join course_lectures l on l.course_id = e.course_id and l.version_id = e.version_id
    left join progress p on p.user_id = e.user_id and p.course_id = e.course_id and p.lecture_id = l.lecture_id
), shares as (
    select user_id, course_id, count(*) filter (where completed) as completed, count(*) as total, floor(sum(percent) / count(*)) as percent
    from lectures group by user_id, course_id
)
update enrollments e set completed_lectures = s.completed, total_lectures = s.total,
    percent = case when s.completed = s.total then 100 else least(s.percent, 99) end
from shares s where s.user_id = e.user_id and s.course_id = e.course_id;
