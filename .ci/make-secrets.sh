#!/bin/sh
# Writes the secrets of docker-compose.yml, once: passwords of the roles, of Redis, and the key ring.
# Put API keys into secrets/openai_api_key or secrets/anthropic_api_key, a mail address into secrets/mail_url, yourself.
set -eu
folder=${1:-"$(dirname "$0")/../secrets"}
if [ -e "$folder/secret_keys" ]; then
    echo "$folder exists already and was left as it is: with new keys the old data could not be opened." >&2
    exit 1
fi
# Others cannot enter the folder; the files inside must be readable by the containers' own users.
mkdir -p -m 0700 "$folder"
umask 022
random() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }
write() { printf '%s\n' "$2" > "$folder/$1"; }
superuser=$(random) owner=$(random) app=$(random) ops=$(random) redis=$(random)
write postgres_password "$superuser"
write database_superuser_url "postgresql://postgres:$superuser@postgres:5432/postgres"
write database_owner_url "postgresql://milo_owner:$owner@postgres:5432/milo"
write database_ops_url "postgresql://milo_ops:$ops@postgres:5432/milo"
write database_url "postgresql://milo_app:$app@postgres:5432/milo"
write redis_conf "requirepass $redis"
write redis_url "redis://:$redis@redis:6379/0"
write secret_keys "k1:$(head -c 32 /dev/urandom | base64)"
: > "$folder/openai_api_key"
: > "$folder/anthropic_api_key"
: > "$folder/mail_url"
echo "Wrote $folder. Keep a copy where your backups are: without it the data cannot be opened." >&2
