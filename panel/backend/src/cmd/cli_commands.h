/* What the rows of commands.def name: the functions that carry commands out, and the views of their answers. */
#ifndef BERTH_CMD_CLI_COMMANDS_H
#define BERTH_CMD_CLI_COMMANDS_H

#include "cmd/cli.h"
#include "cmd/cli_output.h"

/* cli_run.c: commands that are one request, by their rows alone */
int cli_list(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_show(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_change(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_delete(struct cli *cli, struct error *err) WARN_UNUSED; /* as cli_change(), after asking */

int cli_login(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_redeem(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_password(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_logout(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_version(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_diff(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_customer_delete(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_site_update(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_site_deploy(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_domain_verify(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_mail_check(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_domain_update(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_domain_export(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_domain_import(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_mailbox_create(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_mailbox_import(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_mailbox_update(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_mailbox_passwd(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_plan_update(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_op_watch(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_op_wait(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_events(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_user_link(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_token_create(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_totp_enable(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_totp_confirm(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_totp_disable(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_totp_recovery_codes(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_secrets_status(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_secrets_rotate(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_audit_verify(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_explain(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_completion(struct cli *cli, struct error *err) WARN_UNUSED;
int cli_help(struct cli *cli, struct error *err) WARN_UNUSED;

extern const struct cli_view cli_session_view, cli_change_view, cli_customer_view, cli_condition_view, cli_site_view,
    cli_release_view, cli_domain_view, cli_record_view, cli_record_set_view, cli_dkim_view, cli_mail_record_view,
    cli_mail_check_view, cli_plan_view, cli_op_view, cli_event_view, cli_audit_view, cli_item_view, cli_user_view,
    cli_token_view, cli_totp_view, cli_mailbox_view, cli_alias_view, cli_secret_view, cli_explain_view;

#endif
