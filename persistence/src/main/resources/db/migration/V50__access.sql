-- Who may do what on TCP. Passwords are kept as bcrypt makes them, tokens as SHA-256 of what only their owners have.
create table account (
    name          varchar(64)  not null primary key,
    password      varchar(100) not null,
    role          varchar(16)  not null,
    created       bigint       not null,
    failures      integer      not null,
    locked_until  bigint
);

create table access_token (
    id        varchar(32)  not null primary key,
    name      varchar(64)  not null,
    digest    varchar(64)  not null,
    role      varchar(16)  not null,
    label     varchar(512) not null,
    owner     varchar(64)  not null,
    created   bigint       not null,
    expires   bigint,
    constraint access_token_digest unique (digest)
);
