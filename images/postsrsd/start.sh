#!/bin/bash
# Runs PostSRSd, for who is in the same pod alone: port 10001 rewrites a sender, 10002 tells what one was before.
#   MAIL_HOST    the mail servers' name: rewritten senders are in the domain srs. beside it
#   SECRET_FILE  what they are signed with, a secret a line: the first signs, all are taken
set -euo pipefail
postsrsd -4 -l 127.0.0.1 -f 10001 -r 10002 -d "srs.${MAIL_HOST#*.}" -s "$SECRET_FILE" -a = -n 4 -N 4 &
# It asks for no signal, and the first process of a container hears of none that it does not ask for.
trap 'kill "$!"' TERM
wait "$!"
