create table network_record (
    id         varchar(64)  not null primary key,
    name       varchar(255) not null,
    created    bigint       not null,
    definition varchar      not null,
    constraint network_record_name unique (name)
);
