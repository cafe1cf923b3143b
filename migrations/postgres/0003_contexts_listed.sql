-- +goose Up

-- A context that was deleted is not listed; its counter stays, so that no ID comes back with another meaning.
alter table contexts add column listed boolean not null default true;
