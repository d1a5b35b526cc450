-- sequence has no gaps but at its beginning, where old events are dropped; happened is in nanoseconds since 1970
create table event_record (
    sequence   bigint        not null primary key,
    happened   bigint        not null,
    type       varchar(32)   not null,
    action     varchar       not null,
    actor      varchar       not null,
    attributes varchar       not null
);
create index event_record_happened on event_record (happened);
