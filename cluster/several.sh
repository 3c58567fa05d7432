# berthd as several pods (`make up SEVERAL=1`): how an installation gets there from the one pod. Sourced by up.sh, never run.
# shellcheck shell=bash
# shellcheck disable=SC2154 # several and D are up.sh's

in_panel() { kubectl -n panel-system "$@"; }
one_runs() { in_panel get deployment berthd > /dev/null 2>&1; }

# Who has several keeps them: the store of the one pod is of the past.
find_several() { [ -n "$several" ] || ! in_panel get deployment berthd-api > /dev/null 2>&1 || several=1; }

# The keys that the one pod made for itself become those of all, so that the admin's token stays.
keep_keys() {
  local key
  if ! one_runs || in_panel get secret berthd-keys > /dev/null 2>&1; then return; fi
  for key in admin-token fetch-key; do
    (umask 077; in_panel exec deployment/berthd -c reconcile -- cat "/var/lib/berth/$key" > "$D/$key")
  done
  in_panel create secret generic berthd-keys --from-file="$D/admin-token" --from-file="$D/fetch-key" > /dev/null
  rm "$D/admin-token" "$D/fetch-key"
}

# Store and spool move while nothing of berthd runs; sites, zones and mail go on. When it fails the store is where it was: `make up`
# without SEVERAL starts the one pod again. The volume of the one pod stays, as a copy of that moment.
move() {
  local job=job/berthd-move
  one_runs || return 0
  if ! in_panel wait --for=condition=Complete "$job" --timeout=0 > /dev/null 2>&1; then
    say '  the store moves to PostgreSQL ...'
    in_panel delete configmap/berth-applied "$job" --ignore-not-found > /dev/null
    in_panel scale deployment/berthd --replicas=0 > /dev/null
    in_panel wait --for=delete pod -l app.kubernetes.io/name=berthd --timeout=90s > /dev/null
    kubectl apply --server-side --force-conflicts -f "$D/system.yaml" -l 'app.kubernetes.io/name in (panel-postgres, s3)' > /dev/null
    in_panel rollout status statefulset/panel-postgres --timeout=180s > /dev/null
    in_panel rollout status deployment/s3 --timeout=120s > /dev/null
    sed "s|localhost/berth/berthd|$(image_of berthd)|" "$ROOT/k8s/overlays/local-several/move.yaml" | kubectl apply --server-side -f - > /dev/null
    in_panel wait --for=condition=Complete "$job" --timeout=300s > /dev/null || {
      in_panel logs "$job" --all-containers --prefix >&2
      die 'the store did not move to PostgreSQL; make up without SEVERAL starts berthd with what it had'
    }
  fi
  in_panel delete deployment/berthd networkpolicy/berthd --ignore-not-found > /dev/null
}
