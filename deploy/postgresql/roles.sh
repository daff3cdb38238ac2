#!/bin/sh
# The roles and the database of docs/operations.md, made by the image of PostgreSQL when it starts for the first time.
set -eu
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  -v owner_password="$HPTS_OWNER_PASSWORD" -v login_password="$HPTS_LOGIN_PASSWORD" <<'SQL'
CREATE ROLE hpts_app NOLOGIN;
CREATE ROLE hpts_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE hpts_login LOGIN PASSWORD :'login_password' IN ROLE hpts_app;
GRANT hpts_app TO hpts_owner WITH ADMIN OPTION;
CREATE DATABASE hpts OWNER hpts_owner ENCODING 'UTF8' TEMPLATE template0;
SQL
