#!/bin/sh
# Makes the three roles and the database of docs/store.md, once, when the server's folder is made. Passwords come from
# files and go by standard input: no process list shows them.
set -eu
secrets=${SECRETS:-/run/secrets}
quoted() { printf "'%s'" "$(sed "s/'/''/g" "$secrets/$1")"; }
psql --quiet --no-psqlrc -v ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<SQL
CREATE ROLE rounds_owner LOGIN PASSWORD $(quoted owner_password);
CREATE ROLE rounds_app LOGIN PASSWORD $(quoted app_password);
CREATE ROLE rounds_backup LOGIN PASSWORD $(quoted backup_password) BYPASSRLS;
GRANT pg_read_all_data TO rounds_backup;
CREATE DATABASE rounds OWNER rounds_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
\connect rounds
GRANT ALL ON SCHEMA public TO rounds_owner;
SQL
