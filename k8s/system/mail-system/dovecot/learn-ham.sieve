require ["vnd.dovecot.pipe", "copy", "imapsieve", "environment", "variables"];
if environment :matches "imap.mailbox" "*" { set "mailbox" "${1}"; }
# thrown away is not the same as wanted
if anyof (string "${mailbox}" "Trash", string "${mailbox}" "Junk") { stop; }
if environment :matches "imap.user" "*" { set "user" "${1}"; }
pipe :copy "learn" ["ham", "${user}"];
