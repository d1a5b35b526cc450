-- whether a client has sent it a signal since it was last started by one: "unless-stopped" means that
alter table container_record add column stopped_by_client boolean default false not null;

-- a new service asks what was last told of a container
create index event_record_actor on event_record (actor);
