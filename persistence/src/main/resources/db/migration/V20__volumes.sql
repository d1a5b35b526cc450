-- created is in nanoseconds since 1970; options and labels are JSON objects
create table volume_record (
    name    varchar(255) not null primary key,
    created bigint       not null,
    driver  varchar(64)  not null,
    options varchar      not null,
    labels  varchar      not null
);
