#!/usr/bin/env bash
# `make up SEVERAL=1`: berthd as production has it, in pods: two of api, two of reconcile, on PostgreSQL, the spool on an S3 server. The
# store and the spool that are there move; a reconciler is killed while it holds leases; both Deployments are restarted while clients
# make customers: what was promised is there, once, and no request fails. Afterwards the one pod is back, with what it had.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
B=$(go_bin_dir)
export KUBECONFIG=$BERTH_STATE/kubeconfig
origin=https://panel.berth.localhost:8443 begin=$SECONDS
dir=$(mktemp -d)
export XDG_CONFIG_HOME=$dir/config # nobody's sign-in is touched

panel() { "$B/kubectl" -n panel-system "$@"; }
up() { "$ROOT/cluster/up.sh" > "$dir/out" 2> "$dir/err" || { tail -5 "$dir/err"; return 1; }; }
sql() { panel exec panel-postgres-0 -- psql -h /tmp -U berth -d berth -AtF ' ' -c "$1"; }
count_is() { [ "$(sql "SELECT count(*) FROM $2")" = "$1" ]; } # count_is NUMBER TABLE-AND-CONDITION
after() { printf '+%3d s  %s\n' $((SECONDS - begin)) "$*"; }

# --- back to the one pod, which finds its store as it left it ---

back() {
  [ -z "${is_back:-}" ] || return 0
  is_back=1
  panel delete deployment,statefulset,job -l 'app.kubernetes.io/name in (berthd, panel-postgres, s3, berthd-move)' --ignore-not-found > /dev/null
  panel delete job/berthd-move networkpolicy/berthd-api networkpolicy/berthd-reconcile networkpolicy/berthd-postgres networkpolicy/panel-postgres \
    networkpolicy/berthd-s3 networkpolicy/s3 service/panel-postgres service/s3 pvc/data-panel-postgres-0 pvc/s3-data \
    secret/panel-postgres secret/berthd-keys secret/berthd-spool configmap/berth-applied --ignore-not-found > /dev/null
  # a store of before has lower numbers of leases than the mail database (docs/operations/runbook.md, "Mail after a restore")
  "$B/kubectl" -n mail-system exec mysql-0 -- mariadb --no-defaults --socket=/run/mysqld/mysqld.sock --user=mysql --skip-ssl mail \
    -e 'UPDATE mail_customers SET fence = 0'
  up
}
restore() {
  rm -f "$dir/clients"
  for pod in "${!pids[@]}"; do kill -CONT "${pids[$pod]}" 2> /dev/null || true; done
  "$B/kubectl" get namespace -l tenant=true -o name | grep '^namespace/cust-several-' |
    xargs -r "$B/kubectl" delete --ignore-not-found --wait=false > /dev/null 2>&1 || true
  back || echo 'not ok the platform comes back after the test'
  rm -rf "$dir"
}
declare -A pids
trap restore EXIT

# --- clients ---

answered() { # answered LOG CURL-ARGUMENTS...: notes the status of one answer; 000: none came
  local log=$1
  shift
  code=$(curl -sS -o /dev/null -w '%{http_code}' --max-time 20 --cacert "$BERTH_STATE/ca.crt" -H "Authorization: Bearer $token" "$@" 2>> "$dir/curl.err") || true
  printf '%s\n' "$code" >> "$dir/$log"
}
post() { # post LOG KEY PATH BODY: asks until it is accepted
  local end=$((SECONDS + 60)) code
  until answered "$1" -H 'Content-Type: application/json' -H "Idempotency-Key: several-$2-$begin" -d "$4" "$origin/api/v1$3"; [ "$code" = 202 ]; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}
makes_customers() { # makes_customers NAME: one after the other, while there are to be clients
  local n id code
  for ((n = 0; n < 15; n++)); do # not more: ending a namespace costs five times its making
    [ -e "$dir/clients" ] || break
    id=several-$1$n
    post posts "$id" /customers "{\"id\": \"$id\", \"name\": \"Several\", \"plan\": \"small\"}" && echo "$id" >> "$dir/promised"
    sleep 2
  done
}
reads() {
  local code
  while [ -e "$dir/clients" ]; do answered reads "$origin/api/v1/customers?limit=1" && sleep 0.1; done
}
failed_of() { grep -vcx "$2" "$dir/$1" || true; }

# --- pods ---

pods_of() { panel get pods -l "app.kubernetes.io/component=$1" --field-selector=status.phase=Running -o 'jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}'; }
two_of() { [ "$(panel get deployment "berthd-$1" -o 'jsonpath={.status.readyReplicas}')" = 2 ]; }
pid_of() { # the process of a pod's only container
  local id
  id=$(panel get pod "$1" -o 'jsonpath={.status.containerStatuses[0].containerID}')
  "$B/ctr" -a "$BERTH_STATE/ctr/containerd.sock" -n k8s.io task ls 2> /dev/null | awk -v id="${id#containerd://}" '$1 == id {print $2}'
}
leases_of() { sql "SELECT id, fence FROM customer WHERE lease_owner LIKE '$1.%' ORDER BY id"; }
show_leases() {
  sql "SELECT id, fence, CASE lease_owner WHEN '' THEN '-' ELSE split_part(lease_owner, '.', 1) END,
    CASE lease_owner WHEN '' THEN '-' ELSE round((lease_until_ms - extract(epoch FROM clock_timestamp()) * 1000) / 1000, 1) || ' s' END,
    CASE ready WHEN 1 THEN 'ready' ELSE '-' END FROM customer WHERE id LIKE 'several-k%' ORDER BY id" | sed 's/^/          /'
}
# Stopped, a process keeps its leases: it is let go on until it is seen to hold one of a customer that is being made.
stop_at_work() {
  local end=$((SECONDS + 30)) pod
  while [ "$SECONDS" -lt "$end" ]; do
    for pod in "${!pids[@]}"; do
      kill -STOP "${pids[$pod]}"
      held=$(leases_of "$pod" | grep '^several-k') && victim=$pod && return 0
      kill -CONT "${pids[$pod]}"
      sleep 0.1
    done
  done
  return 1
}
taken_over() {
  local id fence
  while read -r id fence; do [ "$(sql "SELECT fence FROM customer WHERE id = '$id'")" -gt "$fence" ] || return 1; done <<< "$held"
  count_is 0 "customer WHERE lease_owner LIKE '$victim.%'"
}
all_ready() { count_is 0 "customer WHERE id LIKE 'several-%' AND (ready = 0 OR observed < generation)"; }

# --- the move ---

serves() { curl -fsS --max-time 5 --cacert "$BERTH_STATE/ca.crt" "https://$1:8443/" 2> /dev/null | cmp -s - "$2/index.html"; }
archives() { panel exec deployment/s3 -c s3 -- find /data/berth-spool -maxdepth 1 -type f -name '[0-9a-f]*' -printf '%f\n' | sort; }
spooled() { panel exec deployment/berthd -c api -- find /var/lib/berth/spool -maxdepth 1 -type f -name '[0-9a-f]*' -printf '%f\n' | sort; }
all_moved() { [ "$(berth customer list -o name)" = "$customers" ] && [ "$(cat "$BERTH_STATE/admin-token")" = "$token" ]; }

berth login "$origin" --ca "$BERTH_STATE/ca.crt" --token-file "$BERTH_STATE/admin-token" > /dev/null
token=$(cat "$BERTH_STATE/admin-token") customers=$(berth customer list -o name) files=$(spooled)
check 'make up with SEVERAL=1' env SEVERAL=1 bash -c "'$ROOT/cluster/up.sh' > '$dir/out' 2> '$dir/err' || { tail -5 '$dir/err'; exit 1; }"
after 'up, with several'
for part in api reconcile; do check "two pods of $part are ready" two_of "$part"; done
check 'the customers and the token are those that were there' all_moved
check 'so are the archives' [ "$(archives)" = "$files" ]
check 'the audit log is whole' berth audit verify
check 'the site that was there is served' within 30 serves hello.localhost "$ROOT/examples/hello"
mkdir "$dir/site"
echo "several $begin" > "$dir/site/index.html"
check 'a release is deployed' berth site deploy "$dir/site" --site hello.localhost --timeout 120
check 'and served' within 30 serves hello.localhost "$dir/site"
check 'its archive is in the bucket' [ "$(archives | wc -l)" = $(($(wc -w <<< "$files") + 1)) ]
check 'the release of before is served again' berth site rollback hello.localhost --wait --timeout 120
check 'as it was' within 30 serves hello.localhost "$ROOT/examples/hello"

# --- one killed ---

for pod in $(pods_of reconcile); do pids[$pod]=$(pid_of "$pod"); done
for i in 0 1 2 3; do post posts "k$i" /domains "{\"customerId\": \"several-k$i\", \"domain\": \"several-k$i.localhost\"}"; done
check 'a reconciler is stopped at work' stop_at_work
after "$victim is killed"
show_leases
panel delete pod "$victim" --force --grace-period=0 --wait=false > /dev/null 2>&1
kill -KILL "${pids[$victim]}"
pids=()
post posts meanwhile /customers '{"id": "several-m", "name": "Meanwhile", "plan": "small"}'
check 'the other goes on with other customers' within 20 count_is 1 "customer WHERE id = 'several-m' AND ready = 1"
check 'and takes over what the killed one had' within 90 taken_over
after 'its leases are over'
show_leases
check 'all are finished' within 60 all_ready
after 'all are ready'
show_leases

# --- all restarted, while customers are made ---

before=$(pods_of api; pods_of reconcile)
none_is_old() { ! (pods_of api && pods_of reconcile) | grep -xF "$before" > /dev/null; }
touch "$dir/clients"
makes_customers a & makes_customers b & reads &
sleep 2
panel rollout restart deployment/berthd-api deployment/berthd-reconcile > /dev/null
for part in api reconcile; do check "$part is rolled out" panel rollout status "deployment/berthd-$part" --timeout=120s; done
sleep 2
check 'the pods are others' within 60 none_is_old
rm "$dir/clients"
wait
promised=$(wc -l < "$dir/promised") posts=$(wc -l < "$dir/posts") reads=$(wc -l < "$dir/reads")
after "$promised customers were made meanwhile, $reads requests read"
check "of $posts changes none failed" [ "$(failed_of posts 202)" = 0 ]
check "of $reads reads none failed" [ "$(failed_of reads 200)" = 0 ]
check "each of $promised promised customers is there" count_is "$promised" "customer WHERE id ~ '^several-[ab]'"
check 'by one operation each' count_is "$promised" "operation WHERE customer ~ '^several-[ab]'"
check 'all become ready' within 90 all_ready
check 'nothing had to be put right' count_is 0 "event WHERE customer ~ '^several-' AND reason IN ('Repaired', 'Contested')"
after 'all are ready'

# --- the end ---

for id in $(sql "SELECT id FROM customer WHERE id LIKE 'several-%'"); do answered purges -X DELETE "$origin/api/v1/customers/$id?purge=true"; done
check 'they are erased' within 300 count_is 0 "customer WHERE id LIKE 'several-%'"
after 'they are erased'
check 'a plain make up takes the one pod back' back
check 'with the customers that it had' all_moved
check 'the site is served' within 30 serves hello.localhost "$ROOT/examples/hello"
all_as_it_should_be() { berth diff example > /dev/null 2>&1; }
check 'the example customer is as it should be' within 90 all_as_it_should_be
after 'the one pod is back'
