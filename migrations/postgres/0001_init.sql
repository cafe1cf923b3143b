-- +goose Up

-- IDs of the default context, so that drawing one waits for nobody.
create sequence default_ids as integer minvalue 1 no cycle;

-- A context is known once it has held a version. last_id is the highest ID it ever saw, save in the
-- default context, where the sequence knows.
create table contexts (
    name    text collate "C" not null primary key,
    last_id integer          not null default 0
);

-- Everything settings hang on. An empty name stands for the whole context.
create table subjects (
    id      bigint           generated always as identity primary key,
    context text collate "C" not null,
    name    text collate "C" not null,
    rev     bigint           not null default 0,
    config  text, -- null: never set
    mode    text, -- null: not set
    unique (context, name),
    unique (id, context)
) with (fillfactor = 80);

create index subjects_by_qualified on subjects (
    (case when context = '.' and name <> '' and substr(name, 1, 2) <> ':.'
          then name else ':' || context || ':' || name end)
);

-- +goose StatementBegin
create function refuse() returns trigger language plpgsql as $$
begin
    raise exception '% of % refused', tg_op, tg_table_name using errcode = 'check_violation';
end
$$;
-- +goose StatementEnd

create trigger subjects_rev_grows before update of rev on subjects
    for each row when (new.rev <= old.rev) execute function refuse();

-- The hash is not unique: IMPORT may give one content two IDs.
create table contents (
    context  text collate "C" not null,
    id       integer          not null check (id > 0),
    hash     bytea            not null check (length(hash) = 32),
    guid     bytea            not null check (length(guid) = 16),
    type     text             not null,
    text     text             not null,
    metadata text,
    rule_set text,
    primary key (context, id)
);

create index contents_by_hash on contents (context, hash);

create trigger contents_immutable before update on contents
    for each row execute function refuse();

-- The ID a hash has, or had before its last record went.
create table ids (
    context text collate "C" not null,
    hash    bytea            not null check (length(hash) = 32),
    id      integer          not null check (id > 0),
    primary key (context, hash)
);

create index ids_by_id on ids (context, id);

create table versions (
    subject    bigint           not null,
    version    integer          not null check (version > 0),
    context    text collate "C" not null,
    id         integer          not null,
    deleted    boolean          not null default false,
    registered timestamptz(3)   not null,
    level      text             not null, -- it was accepted under
    base_rev   bigint           not null, -- of the subject when it was judged
    primary key (subject, version),
    unique (subject, base_rev),
    foreign key (subject, context) references subjects (id, context),
    foreign key (context, id) references contents (context, id)
);

create index versions_by_id on versions (context, id);

create table refs (
    context text collate "C" not null,
    id      integer          not null,
    ord     integer          not null,
    name    text             not null,
    subject text             not null, -- as written
    target  bigint           not null, -- the subject it means
    version integer          not null,
    primary key (context, id, ord),
    foreign key (context, id) references contents (context, id) on delete cascade,
    foreign key (target, version) references versions (subject, version)
);

create index refs_by_target on refs (target, version);

create table purges (
    one integer primary key check (one = 1),
    n   bigint  not null
);

insert into contexts (name) values ('.');
insert into subjects (context, name) values ('.', ''), ('.__GLOBAL', '');
insert into purges (one, n) values (1, 0);
