-- +goose Up

-- A context is known once it has held a version. last_id is the highest ID it ever saw.
create table contexts (
    name    text    not null primary key,
    last_id integer not null default 0 check (last_id between 0 and 2147483647)
) strict, without rowid;

-- Everything settings hang on. An empty name stands for the whole context.
create table subjects (
    id      integer primary key,
    context text    not null,
    name    text    not null,
    rev     integer not null default 0,
    config  text, -- null: never set
    mode    text, -- null: not set
    unique (context, name),
    unique (id, context)
) strict;

create index subjects_by_qualified on subjects (
    (case when context = '.' and name <> '' and substr(name, 1, 2) <> ':.'
          then name else ':' || context || ':' || name end)
);

-- +goose StatementBegin
create trigger subjects_rev_grows before update of rev on subjects when new.rev <= old.rev
begin
    select raise(abort, 'rev only grows');
end;
-- +goose StatementEnd

-- The hash is not unique: IMPORT may give one content two IDs.
create table contents (
    context  text    not null,
    id       integer not null check (id between 1 and 2147483647),
    hash     blob    not null check (length(hash) = 32),
    guid     blob    not null check (length(guid) = 16),
    type     text    not null,
    text     text    not null,
    metadata text,
    rule_set text,
    primary key (context, id)
) strict;

create index contents_by_hash on contents (context, hash);

-- +goose StatementBegin
create trigger contents_immutable before update on contents
begin
    select raise(abort, 'content is immutable');
end;
-- +goose StatementEnd

-- The ID a hash has, or had before its last record went.
create table ids (
    context text    not null,
    hash    blob    not null check (length(hash) = 32),
    id      integer not null check (id between 1 and 2147483647),
    primary key (context, hash)
) strict, without rowid;

create index ids_by_id on ids (context, id);

create table versions (
    subject    integer not null,
    version    integer not null check (version between 1 and 2147483647),
    context    text    not null,
    id         integer not null,
    deleted    integer not null default 0 check (deleted in (0, 1)),
    registered integer not null, -- milliseconds since 1970
    level      text    not null, -- it was accepted under
    base_rev   integer not null, -- of the subject when it was judged
    primary key (subject, version),
    unique (subject, base_rev),
    foreign key (subject, context) references subjects (id, context),
    foreign key (context, id) references contents (context, id)
) strict, without rowid;

create index versions_by_id on versions (context, id);

create table refs (
    context text    not null,
    id      integer not null,
    ord     integer not null,
    name    text    not null,
    subject text    not null, -- as written
    target  integer not null, -- the subject it means
    version integer not null,
    primary key (context, id, ord),
    foreign key (context, id) references contents (context, id) on delete cascade,
    foreign key (target, version) references versions (subject, version)
) strict, without rowid;

create index refs_by_target on refs (target, version);

create table purges (
    one integer primary key check (one = 1),
    n   integer not null
) strict;

insert into contexts (name) values ('.');
insert into subjects (context, name) values ('.', ''), ('.__GLOBAL', '');
insert into purges (one, n) values (1, 0);
