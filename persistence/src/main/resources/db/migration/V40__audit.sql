-- The audit log. body is the canonical text of the record, from which its hash is made; the columns before it repeat
-- parts of it for searching. Hashes are in hex.
create table audit_record (
    seq      bigint       not null primary key,
    recorded bigint       not null,
    kind     varchar(16)  not null,
    actor    varchar(255) not null,
    action   varchar(128) not null,
    target   varchar(512) not null,
    outcome  varchar(16)  not null,
    request  varchar(128) not null,
    body     varchar      not null
);
create index audit_record_recorded on audit_record (recorded, seq);
create index audit_record_newest on audit_record (seq desc);
create index audit_record_actor on audit_record (actor, seq desc);
create index audit_record_action on audit_record (action, seq desc);
create index audit_record_target on audit_record (target, seq desc);
create index audit_record_outcome on audit_record (outcome, seq desc);
create index audit_record_request on audit_record (request, seq desc);

-- 256 hashes each: of records at level 0, of tiles below at any other.
create table audit_tile (
    tile_level integer     not null,
    tile_index bigint      not null,
    hashes     varchar     not null,
    root       varchar(64) not null,
    primary key (tile_level, tile_index)
);

create table audit_checkpoint (
    size     bigint  not null primary key,
    recorded bigint  not null,
    note     varchar not null
);
