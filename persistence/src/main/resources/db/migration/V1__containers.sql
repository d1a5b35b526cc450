-- Instants are nanoseconds since 1970-01-01T00:00:00Z: exact on every database, and no time zone is involved.
create table container_record (
    id            varchar(64)   not null primary key,
    name          varchar(255)  not null,
    created       bigint        not null,
    image         varchar(512)  not null,
    image_id      varchar(128)  not null,
    definition    varchar       not null,
    restart_count integer       not null,
    phase         varchar(16)   not null,
    pid           integer       not null,
    exit_code     integer       not null,
    oom_killed    boolean       not null,
    error         varchar       not null,
    started_at    bigint,
    finished_at   bigint,
    constraint container_record_name unique (name)
);
