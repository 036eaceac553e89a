#!/usr/bin/env bash
# What a script can do that knows nothing of the server but its OpenAPI document: it sets the server up, lets devices enroll, makes a
# plan, follows it by events to its end and exports the report. It uses curl and jq only.
#
#   BASE    address of the admin API, such as http://127.0.0.1:8080
#   SETUP   secret of the set-up link of the first start
#   WORK    folder with push.pem (from Apple's portal, with its key) and catalog.json (Apple's list); devices enroll with
#           enroll.mobileconfig as soon as it is there
#   COUNT   number of devices to wait for
set -euo pipefail
cd "$WORK"

curl -sS --fail "$BASE/api/v1/openapi.json" > openapi.json
jq -e '.openapi | startswith("3.1")' openapi.json > /dev/null

# address OPERATION [NAME=VALUE…]: method and address; values go where the document says that the parameter stands.
address() {
  local id=$1 method path query="" pair name where
  shift
  read -r method path < <(jq -r --arg id "$id" '.paths | to_entries[] | .key as $path | .value | to_entries[]
    | select(.value.operationId? == $id) | "\(.key | ascii_upcase) \($path)"' openapi.json)
  for pair in "$@"; do
    name=${pair%%=*}
    where=$(jq -r --arg id "$id" --arg name "$name" '[.paths[][] | objects | select(.operationId? == $id) | .parameters[]?
      | select(.name == $name) | .in] | first // "nowhere"' openapi.json)
    local value
    value=$(jq -rn --arg value "${pair#*=}" '$value | @uri')
    case $where in
      path) path=${path//"{$name}"/$value} ;;
      query) query="${query:+$query&}$name=$value" ;;
      *) echo "the document has no parameter $name of $id" >&2; return 1 ;;
    esac
  done
  echo "$method $BASE$path${query:+?$query}"
}

# media OPERATION: of its request body.
media() {
  jq -r --arg id "$1" '[.paths[][] | objects | select(.operationId? == $id) | .requestBody.content // {} | keys[]] | first // empty' openapi.json
}

AUTH=()
# call OPERATION [NAME=VALUE…] [-- CURL-ARGUMENT…]
call() {
  local id=$1 values=() method url
  shift
  while [ $# -gt 0 ] && [ "$1" != "--" ]; do values+=("$1"); shift; done
  [ $# -gt 0 ] && shift
  read -r method url < <(address "$id" "${values[@]}")
  local type
  type=$(media "$id")
  curl -sS --fail-with-body -X "$method" "$url" "${AUTH[@]}" ${type:+-H "Content-Type: $type"} "$@"
}

echo "1. set up: the first account, and a token for this script"
session=$(call setUp -- -c cookies.txt -d "$(jq -n --arg secret "$SETUP" '{secret: $secret, name: "admin", password: "correct horse battery"}')")
AUTH=(-b cookies.txt -H "X-CSRF-Token: $(jq -r .csrfToken <<< "$session")")
token=$(call createToken -- -d '{"name": "walk", "role": "admin"}' | jq -r .token)
AUTH=(-H "Authorization: Bearer $token")
call importPush -- --data-binary @push.pem | jq -e '.topic | startswith("com.apple.mgmt.")' > /dev/null
call importCatalog -- --data-binary @catalog.json | jq -e '.releases > 0' > /dev/null
call ready | jq -e '.state == "ready"' > /dev/null

echo "2. devices enroll"
call enroll -- -H 'Accept: application/x-apple-aspen-config' -d "$(jq -n --argjson uses "$COUNT" '{uses: $uses}')" > profile.tmp
mv profile.tmp enroll.mobileconfig
enrolled=0
for _ in $(seq 1 600); do
  enrolled=$(call listDevices enrollment=enrolled count=true limit=1 | jq .total)
  known=$(call listDevices enrollment=enrolled limit=1000 | jq '[.rows[] | select(.osVersion != null)] | length')
  [ "$enrolled" -eq "$COUNT" ] && [ "$known" -eq "$COUNT" ] && break
  sleep 0.5
done
echo "   $enrolled of $COUNT are enrolled"

echo "3. follow events, and make a plan"
last=$(call followEvents topics=plans -- -N --max-time 3 2> /dev/null | sed -n 's/^id: //p' | tail -n 1 || true)
plan='{"to": "latest-minor", "action": "install", "devices": ["all"]}'
call createPlan dryRun=summary -- -d "$plan" | tee dry-run.json | jq -e '.jobs > 0' > /dev/null
jobs=$(jq .jobs dry-run.json)
key="walk-$$"
made=$(call createPlan -- -H "Idempotency-Key: $key" -d "$plan")
id=$(jq -r .id <<< "$made")
again=$(call createPlan -- -H "Idempotency-Key: $key" -d "$plan")
[ "$(jq -r .id <<< "$again")" = "$id" ] || { echo "the same request made another plan" >&2; exit 1; }
[ "$(call listPlans | jq '.rows | length')" -eq 1 ]
echo "   $jobs jobs"

echo "4. wait for the end of every job, by the stream alone"
read -r _method url < <(address followEvents topics=plans)
timeout 240 curl -sS -N "$url" "${AUTH[@]}" ${last:+-H "Last-Event-ID: $last"} > stream.txt &
stream=$!
for _ in $(seq 1 480); do
  sed -n 's/^event: //p' stream.txt > told.txt || true
  if [ "$(wc -l < told.txt)" -gt "${seen:-0}" ]; then
    seen=$(wc -l < told.txt)
    state=$(call showPlan id="$id")
    done_jobs=$(jq '.states.done // 0' <<< "$state")
    [ "$done_jobs" -eq "$jobs" ] && break
  fi
  sleep 0.5
done
kill "$stream" 2> /dev/null || true
wait "$stream" 2> /dev/null || true
echo "   ${done_jobs:-0} of $jobs are done, after ${seen:-0} events"
[ "${done_jobs:-0}" -eq "$jobs" ]

echo "5. export"
call devicesCsv sort=name > devices.csv
call report -- -H "Accept: application/x-ndjson" > report.ndjson
tail -n 1 report.ndjson | jq -e '.summary.devices' > /dev/null
call listAudit route=createPlan | jq -e '.rows | length == 1' > /dev/null
echo "   $(($(wc -l < devices.csv) - 1)) devices in devices.csv, $(jq -s '[.[] | select(.device)] | length' report.ndjson) in report.ndjson"
