-- what health checks have found out; log is JSON, the last probes
create table health_record (
    container      varchar(64) not null primary key,
    status         varchar(16) not null,
    failing_streak integer     not null,
    log            varchar     not null
);
