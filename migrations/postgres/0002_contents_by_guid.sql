-- +goose Up

create index contents_by_guid on contents (guid);
